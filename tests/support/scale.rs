//! How much the tests of faults do: a short form beside all other tests, the whole in `make test-faults`.

/// `whole` runs the long forms.
const KNOB: &str = "AFTERWORD_FAULTS";

pub fn is_whole() -> bool {
    #[allow(clippy::disallowed_methods, reason = "the one place where the tests ask how much to do")]
    let asked = std::env::var_os(KNOB);
    asked.is_some_and(|it| it == "whole")
}

/// How many of something: in the short form, and in the whole.
pub fn of<T>(short: T, whole: T) -> T {
    if is_whole() { whole } else { short }
}

/// A measured figure, for whoever watches; the runner keeps it to itself where nobody does.
#[allow(clippy::print_stdout, reason = "figures are there to be read")]
pub fn tell(figure: &str) {
    println!("  figure: {figure}");
}
