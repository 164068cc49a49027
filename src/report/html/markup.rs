//! For tests: a page taken apart by rules that are stricter than a browser's, so that nothing of a page is markup that is not
//! known here. Whatever a submission says must come out as text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*")*)(/?)>"#).expect("a sound pattern")
});
static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#" ([a-zA-Z-]+)="([^"]*)""#).expect("a sound pattern"));
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| Regex::new("&([^;]{0,8});?").expect("a sound pattern"));

/// The elements that our pages are made of. `script` and `style` are told apart.
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

/// Their attributes. None of them runs anything, and only `href` leads anywhere.
const ATTRIBUTES: &[&str] = &[
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

/// A page in its parts.
#[derive(Debug, Default)]
pub(super) struct Markup {
    /// Every opening tag: its name and attributes, unescaped.
    pub(super) tags: Vec<(String, BTreeMap<String, String>)>,
    /// Everything between tags, unescaped.
    pub(super) text: String,
    pub(super) styles: Vec<String>,
    pub(super) scripts: Vec<String>,
}

impl Markup {
    /// Takes a page apart.
    ///
    /// # Panics
    /// At anything that is no markup of ours.
    pub(super) fn of(page: &str) -> Self {
        let mut rest = page.strip_prefix("<!doctype html>").expect("a document type");
        let mut markup = Self::default();
        while !rest.is_empty() {
            let next = rest.find('<').unwrap_or(rest.len());
            let (text, behind) = rest.split_at(next);
            assert!(!text.contains('>'), "a bare `>`: {text}");
            markup.text += &unescaped(text);
            rest = behind;
            if rest.is_empty() {
                break;
            }
            if let Some((name, within)) = ["style", "script"].iter().find_map(|name| {
                let within = rest.strip_prefix(&format!("<{name}>"))?;
                Some((name, within))
            }) {
                let (inside, behind) = within.split_once(&format!("</{name}>")).expect("it ends");
                let all = if *name == "style" { &mut markup.styles } else { &mut markup.scripts };
                all.push(inside.to_owned());
                rest = behind;
                continue;
            }
            let near: String = rest.chars().take(120).collect();
            let found = TAG.captures(rest).unwrap_or_else(|| panic!("no tag of ours: {near}"));
            let name = &found[2];
            assert!(ELEMENTS.contains(&name), "no element of ours: {near}");
            if found[1].is_empty() {
                let attributes = ATTRIBUTE.captures_iter(&found[3]).map(|one| {
                    assert!(ATTRIBUTES.contains(&&one[1]), "no attribute of ours: {near}");
                    (one[1].to_owned(), unescaped(&one[2]))
                });
                markup.tags.push((name.to_owned(), attributes.collect()));
            }
            rest = &rest[found[0].len()..];
        }
        markup
    }

    /// Every value of this attribute.
    pub(super) fn all<'m>(&'m self, wanted: &'m str) -> impl Iterator<Item = &'m str> {
        self.tags.iter().filter_map(move |(_, attributes)| attributes.get(wanted)).map(String::as_str)
    }
}

/// The character references that askama writes, and those of the templates, as characters; no others may stand there.
fn unescaped(text: &str) -> String {
    let replaced = REFERENCE.replace_all(text, |found: &regex::Captures<'_>| {
        let known = match &found[1] {
            "#34" => "\"",
            "#38" => "&",
            "#39" => "'",
            "#60" => "<",
            "#62" => ">",
            "#10" => "\n",
            other => panic!("no reference of ours: {other} in {text}"),
        };
        known.to_owned()
    });
    replaced.into_owned()
}
