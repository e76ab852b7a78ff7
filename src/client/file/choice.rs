//! Which plugin brings the next file: the app's own, or one of those that are built in, as the server wishes.

use std::sync::Arc;

use super::{S3Plugin, TusPlugin, UploadPlugin};

/// See the module.
pub(crate) struct Plugins {
    built_in: Vec<Arc<dyn UploadPlugin>>,
    /// What the app has registered instead, which may be none at all.
    own: Option<Option<Arc<dyn UploadPlugin>>>,
}

impl Default for Plugins {
    fn default() -> Self {
        // What every server takes comes first.
        Self { built_in: vec![Arc::new(TusPlugin), Arc::new(S3Plugin)], own: None }
    }
}

impl Plugins {
    /// The plugin for the next upload to a server with these wishes, the dearest first.
    pub fn choose(&self, wished: &[String]) -> Option<Arc<dyn UploadPlugin>> {
        if let Some(own) = &self.own {
            return own.clone();
        }
        let found = wished.iter().find_map(|name| self.built_in.iter().find(|plugin| plugin.name() == name));
        found.or(self.built_in.first()).cloned()
    }

    /// The plugin with that name, to give up what it has begun.
    pub fn named(&self, name: &str) -> Option<Arc<dyn UploadPlugin>> {
        let own = self.own.iter().flatten();
        own.chain(&self.built_in).find(|plugin| plugin.name() == name).cloned()
    }

    /// From now on this one, whatever the server wishes; or none.
    pub fn register(&mut self, plugin: Option<Arc<dyn UploadPlugin>>) {
        self.own = Some(plugin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SES-19: the server's wish decides among those that are built in, the app's own one over all.
    #[test]
    fn the_server_chooses_unless_the_app_does() {
        let mut plugins = Plugins::default();
        let chosen = |plugins: &Plugins, wished: &[&str]| {
            let wished: Vec<String> = wished.iter().map(|name| (*name).to_owned()).collect();
            plugins.choose(&wished).map(|plugin| plugin.name().to_owned())
        };
        assert_eq!(chosen(&plugins, &["s3", "tus"]).as_deref(), Some("s3"));
        assert_eq!(chosen(&plugins, &["tus"]).as_deref(), Some("tus"));
        assert_eq!(chosen(&plugins, &["something newer", "s3"]).as_deref(), Some("s3"));
        assert_eq!(chosen(&plugins, &[]).as_deref(), Some("tus"));
        plugins.register(Some(Arc::new(TusPlugin)));
        assert_eq!(chosen(&plugins, &["s3"]).as_deref(), Some("tus"));
        plugins.register(None);
        assert_eq!(chosen(&plugins, &["s3"]), None);
        assert_eq!(plugins.named("s3").map(|plugin| plugin.name().to_owned()).as_deref(), Some("s3"));
        assert!(plugins.named("other").is_none());
    }
}
