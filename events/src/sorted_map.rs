//! A small map in key order that takes no more room than its entries: claims by the hundred
//! thousand have a handful of offsets and checks each, and a B-tree's node has room for eleven.

use serde::{Deserialize, Serialize};

/// A map in key order. Finding takes logarithmic time; inserting before others moves them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The value at a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let at = self.0.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The value at a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.0.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// Puts a value at a key, in place of the one there.
    pub fn insert(&mut self, key: K, value: V) {
        match self.0.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => {
                if self.0.capacity() == self.0.len() {
                    self.0.reserve_exact(1 + self.0.len() / 2);
                }
                self.0.insert(at, (key, value));
            }
        }
    }

    /// The entries in key order.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The values in key order.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_key_order_and_a_second_value_replaces_the_first() {
        let mut map = SortedMap::default();
        for key in [3, 1, 2, 1] {
            map.insert(key, key * 10);
        }
        map.insert(2, 7);
        assert_eq!(
            map.iter().collect::<Vec<_>>(),
            [(&1, &10), (&2, &7), (&3, &30)]
        );
        assert_eq!((map.get(&3), map.get(&4)), (Some(&30), None));
    }
}
