//! Reads the HTML that we write ourselves: its tags and their attributes. No reader of anybody else's HTML: values are
//! always quoted, and what people wrote is always escaped.

pub(crate) struct Page<'p> {
    html: &'p str,
    pub(crate) tags: Vec<Tag<'p>>,
}

pub(crate) struct Tag<'p> {
    pub(crate) name: &'p str,
    pub(crate) attributes: Vec<(&'p str, &'p str)>,
    /// Where what is in it begins.
    inside: usize,
}

impl<'p> Tag<'p> {
    pub(crate) fn get(&self, name: &str) -> Option<&'p str> {
        self.attributes.iter().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }

    /// Empty when the attribute is missing.
    pub(crate) fn value(&self, name: &str) -> &'p str {
        self.get(name).unwrap_or_default()
    }
}

impl<'p> Page<'p> {
    pub(crate) fn read(html: &'p str) -> Self {
        let mut tags = Vec::new();
        let mut at = 0;
        while let Some(start) = html[at..].find('<').map(|start| at + start + 1) {
            let end = start + html[start..].find('>').expect("a tag ends");
            if html[start..].starts_with(|c: char| c.is_ascii_lowercase()) {
                tags.push(tag(&html[start..end], end + 1));
            }
            at = end + 1;
        }
        Self { html, tags }
    }

    pub(crate) fn named(&self, name: &'static str) -> impl Iterator<Item = &Tag<'p>> {
        self.tags.iter().filter(move |tag| tag.name == name)
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Tag<'p>> {
        self.tags.iter().find(|tag| tag.get("id") == Some(id))
    }

    /// What is between a tag and the next closing one of its name. Ours never nest in themselves.
    pub(crate) fn inner(&self, tag: &Tag<'p>) -> &'p str {
        let rest = &self.html[tag.inside..];
        &rest[..rest.find(&format!("</{}>", tag.name)).unwrap_or(0)]
    }

    pub(crate) fn within(&self, outer: &Tag<'p>) -> impl Iterator<Item = &Tag<'p>> {
        let end = outer.inside + self.inner(outer).len();
        let start = outer.inside;
        self.tags.iter().filter(move |tag| (start..=end).contains(&tag.inside))
    }

    pub(crate) fn text(&self, name: &'static str) -> Option<&'p str> {
        self.named(name).next().map(|tag| self.inner(tag))
    }
}

fn tag(text: &str, inside: usize) -> Tag<'_> {
    let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut attributes = Vec::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let attribute = &rest[..end];
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("a value is quoted");
                rest = after;
                value
            }
            None => "",
        };
        attributes.push((attribute, value));
    }
    Tag { name, attributes, inside }
}
