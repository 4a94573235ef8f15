#![no_main]

libfuzzer_sys::fuzz_target!(
    init: dsr_fuzz::write_seeds("manifest"),
    |data: &[u8]| dsr_fuzz::manifest::run(data)
);
