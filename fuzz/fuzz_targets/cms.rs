#![no_main]

libfuzzer_sys::fuzz_target!(
    init: dsr_fuzz::write_seeds("cms"),
    |data: &[u8]| dsr_fuzz::cms::run(data)
);
