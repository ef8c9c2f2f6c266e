//! Why a form was refused: what the summary lists, what stands at each field, and how a field is tied to both.

/// Everything that is wrong with a form; nothing for one that was not sent yet.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    errors: Vec<Reason>,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Reason {
    /// The id of the field that it is about; `None` when it is about no field, or when which one is nobody's business.
    pub field: Option<&'static str>,
    /// The text.
    pub text: String,
    /// What would help, a sentence each.
    pub advice: Vec<String>,
}

impl Refusal {
    /// A field is refused.
    #[must_use]
    pub fn of(field: &'static str, text: String) -> Self {
        Self::advised(field, text, Vec::new())
    }

    /// A field is refused, and this would help.
    #[must_use]
    pub fn advised(field: &'static str, text: String, advice: Vec<String>) -> Self {
        Self { errors: vec![Reason { field: Some(field), text, advice }] }
    }

    /// The form is refused, for no field of its own.
    #[must_use]
    pub fn whole(text: String) -> Self {
        Self { errors: vec![Reason { field: None, text, advice: Vec::new() }] }
    }

    /// This, and that too.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.errors.extend(more.errors);
        self
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// All that the summary lists, in the order of the fields.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.errors
    }

    /// Why a field is refused, if it is.
    #[must_use]
    pub fn at(&self, field: &str) -> Option<&Reason> {
        self.errors.iter().find(|reason| reason.field == Some(field))
    }

    /// The ids that describe a field, for `aria-describedby`: why it is refused, what would help, its hint.
    #[must_use]
    pub fn described_by(&self, field: &str, has_hint: bool) -> String {
        let reason = self.at(field);
        let parts = [
            ("error", reason.is_some()),
            ("advice", reason.is_some_and(|reason| !reason.advice.is_empty())),
            ("hint", has_hint),
        ];
        let ids: Vec<String> =
            parts.iter().filter(|(_, there)| *there).map(|(part, _)| format!("{field}-{part}")).collect();
        ids.join(" ")
    }
}

/// Two parts of a form, read; or what is wrong with both of them, so that nobody is told one thing at a time.
///
/// # Errors
/// When either part is refused.
pub fn both<A, B>(one: Result<A, Refusal>, other: Result<B, Refusal>) -> Result<(A, B), Refusal> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(one.and(other)),
        (Err(refused), Ok(_)) | (Ok(_), Err(refused)) => Err(refused),
    }
}
