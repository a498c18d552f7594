//! Who writes in the demo. None of them exist.

use crate::domain::Role;

pub struct Person {
    /// What the texts call them.
    pub handle: &'static str,
    pub name: &'static str,
    pub role: Role,
}

impl Person {
    /// Under a domain that never exists (RFC 6761).
    pub fn email(&self) -> String {
        format!("{}@tidewater.example", self.handle)
    }
}

const fn reader(handle: &'static str, name: &'static str) -> Person {
    Person { handle, name, role: Role::None }
}

pub static PEOPLE: [Person; 16] = [
    Person { handle: "ines", name: "Ines Calder", role: Role::Moderator },
    reader("jonah", "Jonah Prewitt"),
    reader("teodor", "Teodor Vance"),
    reader("agnes", "Agnes Tolland"),
    reader("salma", "سلمى الحدّاد"),
    reader("thandeka", "Thandeka Mokoena"),
    reader("hiro", "中村 ひろ"),
    reader("rosa", "Rosa Quintanilla"),
    reader("olek", "Олександр К."),
    reader("pip", "pip"),
    reader("noor", "Noor A."),
    reader("bart", "Bartholomew Featherstonehaugh-Cholmondeley of Lower Quay"),
    reader("dov", "דב לוין"),
    reader("lars", "Lars Bø"),
    reader("wren", "Wren O’Dowd"),
    reader("ned", "Ned Gull"),
];

pub fn by_handle(handle: &str) -> Option<usize> {
    PEOPLE.iter().position(|person| person.handle == handle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Email, Name};

    #[test]
    fn everybody_has_a_name_and_an_address_that_the_server_would_take() {
        for person in &PEOPLE {
            assert!(Name::parse(person.name).is_ok(), "{}", person.name);
            assert!(Email::parse(&person.email()).is_ok(), "{}", person.email());
        }
    }
}
