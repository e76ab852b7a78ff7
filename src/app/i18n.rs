//! The texts of the app: Fluent files under `i18n/<language>/`, chosen at run time.
//!
//! Use [`fl!`](crate::fl): `fl!("unread", count = 3)`. The ids and arguments in `hallway.ftl` are checked when
//! the app is compiled. Every other `.ftl` file of a language is loaded too; its texts are read by
//! computed id, as [`error_text`] does. English is the fallback for anything missing.

use std::borrow::Cow;
use std::sync::LazyLock;

use i18n_embed::fluent::{FluentLanguageLoader, fluent_language_loader};
use i18n_embed::unic_langid::LanguageIdentifier;
use i18n_embed::{I18nAssets, LanguageLoader};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../i18n/"]
struct Files;

/// The Fluent files in the folder of a language.
fn files_of(language: &str) -> impl Iterator<Item = Cow<'static, str>> {
    Files::iter().filter(move |name| {
        name.split_once('/').is_some_and(|(folder, file)| folder == language && file.ends_with(".ftl"))
    })
}

/// All `.ftl` files of a language as if they were one: the loader asks for `<language>/hallway.ftl`.
struct Assets;

impl I18nAssets for Assets {
    fn get_files(&self, file_path: &str) -> Vec<Cow<'_, [u8]>> {
        let Some((language, _)) = file_path.split_once('/') else { return Vec::new() };
        let mut names: Vec<_> = files_of(language).collect();
        names.sort();
        names.iter().filter_map(|name| Files::get(name)).map(|file| file.data).collect()
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(Files::iter().map(Cow::into_owned))
    }
}

/// The one loader; [`fl!`](crate::fl) reads from it.
#[doc(hidden)]
pub static LOADER: LazyLock<FluentLanguageLoader> = LazyLock::new(|| {
    let loader: FluentLanguageLoader = fluent_language_loader!();
    if let Err(error) = loader.load_fallback_language(&Assets) {
        tracing::error!(%error, "the English texts could not be loaded");
    }
    loader.set_use_isolating(false);
    loader
});

/// The text with this id in the current language: `fl!("id")`, `fl!("id", name = value)`.
#[macro_export]
macro_rules! fl {
    ($($arguments:tt)*) => { ::i18n_embed_fl::fl!($crate::i18n::LOADER, $($arguments)*) };
}

/// A language the app speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English, the fallback.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl Language {
    /// All of them, in the order the settings list them.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The BCP 47 tag, which is also the name of the folder.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The name of the language in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
        }
    }

    /// Whether lines of running text need the larger distance of CJK text.
    pub const fn is_cjk(self) -> bool {
        matches!(self, Self::Chinese)
    }

    /// The first language of the system that the app speaks, else English.
    pub fn of_system() -> Self {
        i18n_embed::DesktopLanguageRequester::requested_languages()
            .iter()
            .find_map(Self::from_identifier)
            .unwrap_or(Self::English)
    }

    fn from_identifier(id: &LanguageIdentifier) -> Option<Self> {
        match id.language.as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }
}

/// Makes `language` the current one, for every text from the next `view` on.
pub fn select(language: Language) {
    let id: LanguageIdentifier = match language.tag().parse() {
        Ok(id) => id,
        Err(error) => {
            tracing::error!(%error, tag = language.tag(), "not a language tag");
            return;
        }
    };
    if let Err(error) = LOADER.load_languages(&Assets, &[id]) {
        tracing::error!(%error, "the texts of a language could not be loaded");
    }
    // Loading resets it, and the marks it adds show as boxes in some fonts.
    LOADER.set_use_isolating(false);
}

/// The current language.
pub fn current() -> Language {
    Language::from_identifier(&LOADER.current_language()).unwrap_or(Language::English)
}

/// The text for an error code of the spec (`error-<code>` in `errors.ftl`), or none if it has no text.
pub fn error_text(code: i64) -> Option<String> {
    let id = format!("error-{code}");
    LOADER.has(&id).then(|| LOADER.get(&id))
}

/// The same text about 40 % longer, with letters still readable: for tests of layouts with long words.
#[cfg(any(test, feature = "harness"))]
pub fn pseudo(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    out.push('⟦');
    out.extend(text.chars().map(|c| match c {
        'a' => 'á',
        'e' => 'ë',
        'i' => 'ï',
        'o' => 'ö',
        'u' => 'ü',
        other => other,
    }));
    let extra = text.chars().count() * 2 / 5;
    out.extend(std::iter::repeat_n('~', extra.saturating_sub(2)));
    out.push('⟧');
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_syntax::ast;
    use fluent_syntax::parser::parse;

    use super::*;

    type Texts = BTreeMap<String, BTreeSet<String>>;

    fn placeables(pattern: &ast::Pattern<String>, into: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            if let ast::PatternElement::Placeable { expression } = element {
                expression_names(expression, into);
            }
        }
    }

    fn expression_names(expression: &ast::Expression<String>, into: &mut BTreeSet<String>) {
        match expression {
            ast::Expression::Inline(inline) => inline_names(inline, into),
            ast::Expression::Select { selector, variants } => {
                inline_names(selector, into);
                variants.iter().for_each(|variant| placeables(&variant.value, into));
            }
        }
    }

    fn inline_names(inline: &ast::InlineExpression<String>, into: &mut BTreeSet<String>) {
        match inline {
            ast::InlineExpression::VariableReference { id } => {
                into.insert(id.name.clone());
            }
            ast::InlineExpression::FunctionReference { arguments, .. } => {
                arguments.positional.iter().for_each(|argument| inline_names(argument, into));
            }
            ast::InlineExpression::Placeable { expression } => expression_names(expression, into),
            _ => {}
        }
    }

    fn texts(language: Language) -> Texts {
        let mut texts = Texts::new();
        for name in files_of(language.tag()) {
            let data = Files::get(&name).expect("listed").data;
            let source = String::from_utf8(data.into_owned()).expect("UTF-8");
            let resource = parse(source).unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
            for entry in resource.body {
                let ast::Entry::Message(message) = entry else { continue };
                let mut names = BTreeSet::new();
                if let Some(pattern) = &message.value {
                    placeables(pattern, &mut names);
                }
                let twice = texts.insert(message.id.name.clone(), names);
                assert!(twice.is_none(), "{name}: {} stands twice", message.id.name);
            }
        }
        texts
    }

    #[test]
    fn all_languages_have_the_same_texts_and_placeables() {
        let english = texts(Language::English);
        assert!(!english.is_empty());
        for language in Language::ALL {
            let other = texts(language);
            let missing: Vec<_> = english.keys().filter(|key| !other.contains_key(*key)).collect();
            let extra: Vec<_> = other.keys().filter(|key| !english.contains_key(*key)).collect();
            assert!(missing.is_empty(), "{} lacks {missing:?}", language.tag());
            assert!(extra.is_empty(), "{} has {extra:?}, English does not", language.tag());
            for (key, names) in &english {
                assert_eq!(names, &other[key], "placeables of {key} in {}", language.tag());
            }
        }
    }

    #[test]
    fn pseudo_is_longer() {
        let long = pseudo("Delete conversation");
        assert!(long.chars().count() as f32 >= 19.0 * 1.35, "{long}");
    }
}
