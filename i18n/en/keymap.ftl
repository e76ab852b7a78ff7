# Names of the actions of the keymap: `action-<id>`.

action-group-navigation = Getting around
action-group-chats = Chats and groups
action-group-messages = Messages
action-group-writing = Writing
action-group-app = App

action-quick-switcher = Switch to a chat
action-previous-chat = Previous chat
action-next-chat = Next chat
action-previous-unread = Previous unread chat
action-next-unread = Next unread chat
action-back = Back
action-forward = Forward
action-latest = Latest message
action-next-region = Next part of the window
action-previous-region = Previous part of the window
action-close = Close, then mark as read
action-new-chat = New chat
action-new-group = New group
action-contacts = People
action-side-panel = Details
action-mark-all-read = Mark all chats as read
action-reply = Reply
action-edit = Edit
action-copy = Copy
action-delete = Delete for me
action-edit-last = Edit your last message
action-reply-older = Reply to an older message
action-reply-newer = Reply to a newer message
action-settings = Settings
action-shortcuts = Keyboard shortcuts
action-zoom-in = Larger
action-zoom-out = Smaller
action-zoom-reset = Usual size
action-quit = Quit
