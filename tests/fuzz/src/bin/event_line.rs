//! Whatever reads as an event is written again to the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netgain_events::wire;

fuzz_target!(|line: &[u8]| {
    if let Ok(event) = wire::decode(line) {
        let mut again = Vec::new();
        wire::encode(&event, &mut again);
        assert_eq!(again, line);
    }
});
