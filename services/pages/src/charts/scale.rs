//! From pence to places on a drawing.

use netgain_events::money::Sum;

/// How many bits of an amount a place is worked out from: a length of a drawing more makes less than the 127
/// that an amount may have.
const AMOUNT_BITS_MAX: u32 = 62;

/// The amounts between two sums, laid over a length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    least: i128,
    most: i128,
    length: i128,
    /// How many bits are left off every amount, so that nothing is too large to be multiplied.
    left_off: u32,
}

impl Scale {
    /// Over all of the amounts, and zero, for what is drawn begins there.
    pub(super) fn over(amounts: impl IntoIterator<Item = Sum>, length: i128) -> Self {
        let (mut least, mut most) = (0, 0);
        for amount in amounts {
            least = amount.pence().min(least);
            most = amount.pence().max(most);
        }
        let bits = |pence: i128| u128::BITS - pence.unsigned_abs().leading_zeros();
        let left_off = bits(least).max(bits(most)).saturating_sub(AMOUNT_BITS_MAX);
        Self {
            least: least >> left_off,
            most: most >> left_off,
            length,
            left_off,
        }
    }

    /// Where an amount stands: 0 to the length.
    pub(super) fn place(&self, amount: Sum) -> i128 {
        let whole = self.most - self.least;
        if whole == 0 {
            return 0;
        }
        let pence = (amount.pence() >> self.left_off).clamp(self.least, self.most);
        (pence - self.least) * self.length / whole
    }

    /// Where nothing stands.
    pub(super) fn zero(&self) -> i128 {
        self.place(Sum::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(pence: &[i128]) -> Vec<i128> {
        let amounts = pence.iter().map(|pence| Sum::from_pence(*pence));
        let scale = Scale::over(amounts.clone(), 400);
        amounts.map(|amount| scale.place(amount)).collect()
    }

    #[test]
    fn the_largest_amount_takes_the_length_and_zero_none() {
        assert_eq!(places(&[0, 50, 100]), [0, 200, 400]);
        assert_eq!(places(&[0]), [0]);
        assert_eq!(places(&[]), [0_i128; 0]);
    }

    #[test]
    fn what_is_below_zero_stands_before_it() {
        assert_eq!(places(&[-100, 0, 300]), [0, 100, 400]);
        assert_eq!(places(&[-5, -10]), [200, 0]);
    }

    #[test]
    fn the_largest_sums_there_are_stay_on_the_drawing() {
        assert_eq!(places(&[i128::MAX, 0, i128::MIN]), [400, 200, 0]);
        assert_eq!(places(&[i128::MAX, i128::MAX / 2]), [400, 199]);
    }
}
