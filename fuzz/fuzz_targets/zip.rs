#![no_main]

libfuzzer_sys::fuzz_target!(
    init: dsr_fuzz::write_seeds("zip"),
    |data: &[u8]| dsr_fuzz::zip::run(data)
);
