#![no_main]

libfuzzer_sys::fuzz_target!(
    init: dsr_fuzz::write_seeds("checkpoint"),
    |data: &[u8]| dsr_fuzz::checkpoint::run(data)
);
