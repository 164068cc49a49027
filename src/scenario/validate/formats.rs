//! Validation of formats and of captured values.

use super::Scope;
use crate::model::Message;
use crate::packet::layout::Layout;
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind, Mistake};
use crate::scenario::template;

impl Scope<'_> {
    /// Reports a mistake at the value of `keys` below the current path.
    pub fn report_value(&mut self, keys: &[&str], mistake: impl Into<Mistake>) {
        let path = keys.iter().fold(self.path.clone(), |path, key| path.key(key));
        self.diagnostics.push(Diagnostic::at_value(self.file, self.text, &path, mistake));
    }

    /// Makes an element of a list below the current path the current path. Returns the one before, to
    /// which [`Scope::enter`] returns.
    pub(in crate::scenario) fn descend(&mut self, keys: &[&str], index: usize) -> crate::model::YamlPath {
        let path = keys.iter().fold(self.path.clone(), |path, key| path.key(key)).index(index);
        std::mem::replace(&mut self.path, path)
    }

    /// Returns the layout of a format that has no mistakes.
    #[must_use]
    pub fn layout(&self, format: &str) -> Option<&Layout> {
        self.declared.formats.get(format)?.as_ref()
    }

    /// Checks that a format is declared.
    pub fn check_format(&mut self, keys: &[&str], format: &str) {
        let formats = self.declared.formats;
        if !formats.contains_key(format) {
            self.report_unknown(keys, DiagnosticKind::UnknownFormat, format, formats.keys().map(String::as_str));
        }
    }

    /// Checks that a layout has a field of this name; `keys` end in it. Returns false if it has none.
    pub fn check_field(&mut self, keys: &[&str], format: &str, layout: &Layout, name: &str) -> bool {
        let Some(known) = layout.names().filter(|known| !known.contains(&name)) else { return true };
        let path = keys.iter().fold(self.path.clone(), |path, key| path.key(key));
        let mistake = DiagnosticKind::UnknownField.with("name", name).with("format", format);
        let words = Message::new("expected-one-of").with("words", known.join(", "));
        let diagnostic = Diagnostic::at(self.file, self.text, &path, mistake);
        self.diagnostics.push(diagnostic.with_expected(words).with_nearest(name, &known));
        false
    }

    /// Checks that a layout has the field that the value of a key names.
    pub fn check_field_value(&mut self, key: &str, format: &str, layout: &Layout, name: &str) {
        let Some(known) = layout.names().filter(|known| !known.contains(&name)) else { return };
        let path = self.path.key(key);
        let mistake = DiagnosticKind::UnknownField.with("name", name).with("format", format);
        let words = Message::new("expected-one-of").with("words", known.join(", "));
        let diagnostic = Diagnostic::at_value(self.file, self.text, &path, mistake);
        self.diagnostics.push(diagnostic.with_expected(words).with_nearest(name, &known));
    }

    /// Declares a captured value, for later steps and for expectations.
    pub fn declare_capture(&mut self, keys: &[&str], name: &str) {
        if template::PREDEFINED_NAMES.contains(&name) {
            self.report_value(keys, DiagnosticKind::VariableGiven.with("name", name));
        } else if !template::is_variable_name(name) {
            self.report_value(keys, DiagnosticKind::VariableName.with("name", name));
        }
        self.captured.insert(name.to_owned());
    }

    /// Checks the names in braces of a text.
    pub fn check_template(&mut self, keys: &[&str], text: &str) {
        let mut known = self.declared.variables.clone();
        known.extend(self.captured.iter().cloned());
        for name in template::unknown_names(text, &known) {
            if self.declared.captures.contains(&name) {
                self.report_value(keys, DiagnosticKind::CapturedLater.with("name", name));
            } else {
                let words = known.iter().map(String::as_str);
                self.report_unknown(keys, DiagnosticKind::UnknownVariable, &name, words);
            }
        }
    }
}
