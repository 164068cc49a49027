//! Test parser for pages, stricter than a browser: it rejects all markup that is not listed here.
//!
//! All text of a submission must be parsed as text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*")*)(/?)>"#).expect("a sound pattern")
});
static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#" ([a-zA-Z-]+)="([^"]*)""#).expect("a sound pattern"));
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| Regex::new("&([^;]{0,8});?").expect("a sound pattern"));

/// The elements that the pages contain. `script` and `style` are handled separately.
const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "body",
    "br",
    "button",
    "code",
    "dd",
    "defs",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "html",
    "i",
    "img",
    "li",
    "main",
    "mark",
    "meta",
    "ol",
    "output",
    "p",
    "path",
    "pre",
    "progress",
    "rect",
    "samp",
    "section",
    "span",
    "strong",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "tspan",
    "ul",
    "use",
];

/// Their attributes. None of them runs code, and only `href` refers to another place.
const ATTRIBUTES: &[&str] = &[
    "alt",
    "aria-hidden",
    "aria-labelledby",
    "aria-live",
    "charset",
    "class",
    "content",
    "d",
    "download",
    "fill",
    "height",
    "href",
    "http-equiv",
    "id",
    "lang",
    "max",
    "name",
    "open",
    "role",
    "rx",
    "scope",
    "src",
    "stroke",
    "tabindex",
    "transform",
    "type",
    "value",
    "viewBox",
    "width",
    "x",
    "y",
];

/// A parsed page.
#[derive(Debug, Default)]
pub(in crate::report::html) struct Markup {
    /// Every opening tag: its name and its unescaped attributes.
    pub(in crate::report::html) tags: Vec<(String, BTreeMap<String, String>)>,
    /// All text between tags, unescaped.
    pub(in crate::report::html) text: String,
    pub(in crate::report::html) styles: Vec<String>,
    pub(in crate::report::html) scripts: Vec<String>,
}

impl Markup {
    /// Parses a page.
    ///
    /// # Panics
    /// Panics on any markup that is not listed.
    pub(in crate::report::html) fn of(page: &str) -> Self {
        let mut rest = page.strip_prefix("<!doctype html>").expect("a document type");
        let mut markup = Self::default();
        while !rest.is_empty() {
            let next = rest.find('<').unwrap_or(rest.len());
            let (text, behind) = rest.split_at(next);
            assert!(!text.contains('>'), "unescaped `>`: {text}");
            markup.text += &unescaped(text);
            rest = behind;
            if rest.is_empty() {
                break;
            }
            if let Some((name, within)) = ["style", "script"].iter().find_map(|name| {
                let within = rest.strip_prefix(&format!("<{name}>"))?;
                Some((name, within))
            }) {
                let (inside, behind) = within.split_once(&format!("</{name}>")).expect("a closing tag");
                let all = if *name == "style" { &mut markup.styles } else { &mut markup.scripts };
                all.push(inside.to_owned());
                rest = behind;
                continue;
            }
            let near: String = rest.chars().take(120).collect();
            let found = TAG.captures(rest).unwrap_or_else(|| panic!("unknown tag: {near}"));
            let name = &found[2];
            assert!(ELEMENTS.contains(&name), "unknown element: {near}");
            if found[1].is_empty() {
                let attributes = ATTRIBUTE.captures_iter(&found[3]).map(|one| {
                    assert!(ATTRIBUTES.contains(&&one[1]), "unknown attribute: {near}");
                    (one[1].to_owned(), unescaped(&one[2]))
                });
                markup.tags.push((name.to_owned(), attributes.collect()));
            }
            rest = &rest[found[0].len()..];
        }
        markup
    }

    /// Returns every value of this attribute.
    pub(in crate::report::html) fn all<'m>(&'m self, wanted: &'m str) -> impl Iterator<Item = &'m str> {
        self.tags.iter().filter_map(move |(_, attributes)| attributes.get(wanted)).map(String::as_str)
    }
}

/// Decodes the character references that askama and the templates use. Panics on any other.
fn unescaped(text: &str) -> String {
    let replaced = REFERENCE.replace_all(text, |found: &regex::Captures<'_>| {
        let known = match &found[1] {
            "#34" => "\"",
            "#38" => "&",
            "#39" => "'",
            "#60" => "<",
            "#62" => ">",
            "#10" => "\n",
            other => panic!("unknown reference: {other} in {text}"),
        };
        known.to_owned()
    });
    replaced.into_owned()
}
