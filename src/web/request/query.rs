//! Query strings. They are part of an address, so what is wrong with one is 400.

use std::borrow::Cow;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};

use crate::web::problem::{Problem, kinds};

/// Parameters as a type: strings, numbers, booleans, enums and options of them. Of a repeated one the first counts.
pub fn parse<T: DeserializeOwned>(raw: &str) -> Result<T, Problem> {
    let mut pairs: Vec<(Cow<'_, str>, Text<'_>)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        if !pairs.iter().any(|(known, _)| *known == name) {
            pairs.push((name.clone(), Text { name, value }));
        }
    }
    T::deserialize(MapDeserializer::<_, serde::de::value::Error>::new(pairs.into_iter()))
        .map_err(|error| Problem::new(&kinds::BAD_QUERY, error.to_string()))
}

pub fn all(raw: &str, name: &str) -> Vec<String> {
    url::form_urlencoded::parse(raw.as_bytes())
        .filter_map(|(key, value)| (key == name).then(|| value.into_owned()))
        .collect()
}

/// A value that becomes whatever its place expects, and says which parameter it was when it cannot.
struct Text<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

impl<'de> IntoDeserializer<'de, serde::de::value::Error> for Text<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $expected:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match self.value.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Self::Error::custom(format_args!("{}: expected {}", self.name, $expected))),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.value.into_owned())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let name = self.name;
        let value: StrDeserializer<'_, Self::Error> = (*self.value).into_deserializer();
        visitor
            .visit_enum(value)
            .map_err(|_| Self::Error::custom(format_args!("{name}: expected one of {}", variants.join(", "))))
    }

    parsed! {
        deserialize_bool visit_bool "true or false"
        deserialize_i8 visit_i8 "a number"
        deserialize_i16 visit_i16 "a number"
        deserialize_i32 visit_i32 "a number"
        deserialize_i64 visit_i64 "a number"
        deserialize_u8 visit_u8 "a number that is not negative"
        deserialize_u16 visit_u16 "a number that is not negative"
        deserialize_u32 visit_u32 "a number that is not negative"
        deserialize_u64 visit_u64 "a number that is not negative"
        deserialize_f32 visit_f32 "a number"
        deserialize_f64 visit_f64 "a number"
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Sample {
        page: String,
        #[serde(default)]
        order: Option<Order>,
        limit: Option<u32>,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Order {
        Oldest,
        Newest,
    }

    #[test]
    fn parameters_become_their_types_and_strangers_are_ignored() {
        let sample: Sample = parse("utm=1&page=%2Fa+b&order=newest&limit=3&page=2").unwrap();
        assert_eq!(sample, Sample { page: "/a b".into(), order: Some(Order::Newest), limit: Some(3) });
        assert_eq!(parse::<Sample>("page=7").unwrap().page, "7");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let detail = |raw| parse::<Sample>(raw).unwrap_err().detail().to_owned();
        assert_eq!(detail("order=oldest"), "missing field `page`");
        assert_eq!(detail("page=x&order=best"), "order: expected one of oldest, newest");
        assert_eq!(detail("page=x&limit=-1"), "limit: expected a number that is not negative");
    }

    #[test]
    fn a_repeated_parameter_keeps_its_order() {
        assert_eq!(all("page=a&x=1&page=b%26", "page"), ["a", "b&"]);
    }
}
