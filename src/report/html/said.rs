//! A text in both languages of a page. It is escaped when it is written, so that a template takes it as it is: once where
//! the languages say the same, else each under its `lang`, of which the page hides one.

use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};

use crate::model::{Language, Message, Text};
use crate::words::{Words, plain};

/// The sentences of every language of a page, and the reader's own, which is shown first.
pub struct Tongues {
    words: [Words; 2],
    reader: Language,
}

impl Tongues {
    /// The catalogues, for a reader of this language.
    #[must_use]
    pub fn of(reader: Language) -> Self {
        Self { words: Language::ALL.map(Words::of), reader }
    }

    /// The same with the sentences of a test.
    #[cfg(test)]
    pub(super) fn with(words: [Words; 2], reader: Language) -> Self {
        Self { words, reader }
    }

    /// The reader's own words.
    #[must_use]
    pub fn reader(&self) -> &Words {
        self.words.iter().find(|words| words.language() == self.reader).unwrap_or(&self.words[0])
    }

    /// What `make` makes for each language.
    pub(super) fn both<T>(&self, make: impl Fn(&Words) -> T) -> [T; 2] {
        self.words.each_ref().map(make)
    }

    /// What `say` gives in each language. It must be safe to show (see [`plain`]), not escaped.
    pub(super) fn each(&self, say: impl Fn(&Words) -> String) -> Said {
        Said::pair(self.both(say))
    }

    /// The message as a sentence.
    pub(super) fn say(&self, message: &Message) -> Said {
        self.each(|words| words.say(message))
    }

    /// A sentence without values.
    pub(super) fn word(&self, id: &'static str) -> Said {
        self.each(|words| words.word(id))
    }

    /// How many bytes are not shown.
    pub(super) fn hidden(&self, bytes: &usize) -> Said {
        self.say(&Message::new("report-hidden").with("n", *bytes))
    }

    /// From which byte on two rows differ.
    pub(super) fn differs(&self, at: &usize) -> Said {
        self.say(&Message::new("report-caret").with("at", *at))
    }

    /// How many rows are not shown.
    pub(super) fn more(&self, rows: &usize) -> Said {
        self.say(&Message::new("timeline-more-rows").with("count", *rows))
    }

    /// That a capture is not in the page.
    pub(super) fn too_large(&self, bytes: &usize, most: &usize) -> Said {
        self.say(&Message::new("result-too-large").with("bytes", *bytes).with("most", *most))
    }

    /// An author's words in one line.
    pub(super) fn text(&self, text: &Text) -> Said {
        self.each(|words| plain(&words.text(text).split_whitespace().collect::<Vec<_>>().join(" ")))
    }
}

/// A text in each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said([(Language, String); 2]);

impl Said {
    /// These texts in the order of [`Language::ALL`], safe to show and not escaped.
    pub(super) fn pair([english, portuguese]: [String; 2]) -> Self {
        Self([(Language::English, english), (Language::Portuguese, portuguese)])
    }

    /// The same text in every language.
    pub(super) fn alike(text: String) -> Self {
        Self::pair([text.clone(), text])
    }

    /// The same in a drawing, where languages stand in another element.
    pub(super) const fn drawn(&self) -> Drawn<'_> {
        Drawn(self)
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

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "span")
    }
}

impl HtmlSafe for Said {}

/// A text in each language, inside an SVG text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn<'s>(&'s Said);

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, "tspan")
    }
}

impl HtmlSafe for Drawn<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_stand_side_by_side_and_what_is_alike_stands_once() {
        let tongues = Tongues::of(Language::Portuguese);
        assert_eq!(tongues.reader().language(), Language::Portuguese);
        let said = tongues.say(&Message::new("timeline-client").with("client", 3_u32));
        assert_eq!(said.to_string(), r#"<span lang="en">client 3</span><span lang="pt-BR">cliente 3</span>"#);
        assert!(said.drawn().to_string().starts_with(r#"<tspan lang="en">client 3</tspan>"#));
        let alike = tongues.say(&Message::new("timeline-role").with("role", "<b>\u{1b}"));
        assert_eq!(alike.to_string(), "&#60;b&#62;\\x1b");
    }

    #[test]
    fn an_authors_lines_become_one() {
        let tongues = Tongues::of(Language::English);
        assert_eq!(tongues.text(&Text::Plain("a\n  \"b\"".to_owned())).to_string(), "a &#34;b&#34;");
    }
}
