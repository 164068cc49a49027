//! Text in both languages of a page.
//!
//! It is escaped when it is written, so templates insert it unchanged. If the languages agree, it
//! is written once. Otherwise each version is inside an element with `lang`, one of which the page
//! hides.

use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};

use crate::i18n::{Catalog, escape_controls};
use crate::model::{Language, LocalizedText, Message};

/// The catalogues of all languages of a page, and the reader's language, which is displayed first.
pub(crate) struct Catalogs {
    words: [Catalog; 2],
    reader: Language,
}

impl Catalogs {
    /// Returns the catalogues for a reader of this language.
    #[must_use]
    pub(crate) fn of(reader: Language) -> Self {
        Self { words: Language::ALL.map(Catalog::load), reader }
    }

    /// Returns the catalogues of a test.
    #[cfg(test)]
    pub(super) fn with(words: [Catalog; 2], reader: Language) -> Self {
        Self { words, reader }
    }

    /// Returns the catalogue of the reader's language.
    #[must_use]
    pub(crate) fn reader(&self) -> &Catalog {
        self.words.iter().find(|words| words.language() == self.reader).unwrap_or(&self.words[0])
    }

    /// Calls `make` for each language.
    pub(super) fn both<T>(&self, make: impl Fn(&Catalog) -> T) -> [T; 2] {
        self.words.each_ref().map(make)
    }

    /// Returns the text of `say` in each language. It must be safe to show (see
    /// [`escape_controls`]) and not escaped.
    pub(super) fn each(&self, say: impl Fn(&Catalog) -> String) -> Bilingual {
        Bilingual::pair(self.both(say))
    }

    /// Returns the message as a sentence.
    pub(super) fn say(&self, message: &Message) -> Bilingual {
        self.each(|words| words.format(message))
    }

    /// Returns a sentence without values.
    pub(super) fn word(&self, id: &'static str) -> Bilingual {
        self.each(|words| words.sentence(id))
    }

    /// Returns the note on the number of hidden bytes.
    pub(super) fn hidden(&self, bytes: &usize) -> Bilingual {
        self.say(&Message::new("report-hidden").with("n", *bytes))
    }

    /// Returns the note on the first byte at which two rows differ.
    pub(super) fn differs(&self, at: &usize) -> Bilingual {
        self.say(&Message::new("report-caret").with("at", *at))
    }

    /// Returns the note on the number of rows that are not shown.
    pub(super) fn more(&self, rows: &usize) -> Bilingual {
        self.say(&Message::new("timeline-more-rows").with("count", *rows))
    }

    /// Returns the note that the lines of a source are shown at another item.
    pub(super) fn shown_at(&self, item: &str) -> Bilingual {
        self.say(&Message::new("result-source-at").with("item", item))
    }

    /// Returns the note that a capture is not in the page.
    pub(super) fn too_large(&self, bytes: &usize, most: &usize) -> Bilingual {
        self.say(&Message::new("result-too-large").with("bytes", *bytes).with("most", *most))
    }

    /// Returns an author's text on one line.
    pub(super) fn text(&self, text: &LocalizedText) -> Bilingual {
        self.each(|words| escape_controls(&words.author_text(text).split_whitespace().collect::<Vec<_>>().join(" ")))
    }
}

/// A text in each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bilingual([(Language, String); 2]);

impl Bilingual {
    /// Combines texts in the order of [`Language::ALL`]. They must be safe to show and not escaped.
    pub(super) fn pair([english, portuguese]: [String; 2]) -> Self {
        Self([(Language::English, english), (Language::Portuguese, portuguese)])
    }

    /// Uses the same text for every language.
    pub(super) fn same(text: String) -> Self {
        Self::pair([text.clone(), text])
    }

    /// Returns the text for a drawing, in which languages are in another element.
    pub(super) const fn drawn(&self) -> BilingualSvg<'_> {
        BilingualSvg(self)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, element: &str) -> fmt::Result {
        let [(_, one), (_, other)] = &self.0;
        if one == other {
            return Html.write_escaped_str(f, one);
        }
        for (language, text) in &self.0 {
            write!(f, "<{element} lang=\"{}\">", language.tag())?;
            Html.write_escaped_str(&mut *f, text)?;
            write!(f, "</{element}>")?;
        }
        Ok(())
    }
}

impl fmt::Display for Bilingual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "span")
    }
}

impl HtmlSafe for Bilingual {}

/// A text in each language, inside an SVG text.
#[derive(Debug, Clone, Copy)]
pub(super) struct BilingualSvg<'s>(&'s Bilingual);

impl fmt::Display for BilingualSvg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, "tspan")
    }
}

impl HtmlSafe for BilingualSvg<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_separate_unless_equal() {
        let catalogs = Catalogs::of(Language::Portuguese);
        assert_eq!(catalogs.reader().language(), Language::Portuguese);
        let text = catalogs.say(&Message::new("timeline-client").with("client", 3_u32));
        assert_eq!(text.to_string(), r#"<span lang="en">client 3</span><span lang="pt-BR">cliente 3</span>"#);
        assert!(text.drawn().to_string().starts_with(r#"<tspan lang="en">client 3</tspan>"#));
        let alike = catalogs.say(&Message::new("timeline-role").with("role", "<b>\u{1b}"));
        assert_eq!(alike.to_string(), "&#60;b&#62;\\x1b");
    }

    #[test]
    fn text_of_authors_is_on_one_line() {
        let catalogs = Catalogs::of(Language::English);
        assert_eq!(catalogs.text(&LocalizedText::Plain("a\n  \"b\"".to_owned())).to_string(), "a &#34;b&#34;");
    }
}
