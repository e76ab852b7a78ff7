-- Which messages are pinned: asked whenever a group is opened (kind 5, see store/annotation.rs).
CREATE INDEX annotation_pin ON annotation (conv_id, mod) WHERE kind = 5 AND gone = FALSE;
