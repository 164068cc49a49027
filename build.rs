//! The bundled labs and the templates are embedded in the program: a change there is a change of
//! the program.
#![forbid(unsafe_code)]

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=templates");
}
