# English texts of the Hallway app; the fallback for every other language.
# Sentence case, verbs, no blame, no jargon.

app-name = Hallway

## The way in: start, join, sign in, unlock

welcome-title = Welcome to Hallway
welcome-subtitle = Messages for people who work together, on a server of your own.
welcome-start = Start a workspace on this computer
welcome-start-about = This computer becomes the server. You invite the others.
welcome-join = Join a workspace
welcome-join-about = You have an invite link, or the address of a server and an account.
welcome-back = Back
welcome-start-title = Start a workspace
welcome-workspace = Name of the workspace
welcome-workspace-default = Our workspace
welcome-nick = Your name
welcome-nick-missing = Enter the name that others will see.
welcome-user-id = User ID
welcome-user-id-about = For signing in. Letters and digits; it cannot be changed later.
welcome-user-id-bad = Use 1 to 32 letters, digits or signs, without accents or Chinese characters.
welcome-password = Password
welcome-password-missing = Enter your password.
welcome-password-short = Use at least { $count } characters.
welcome-network = Other computers on the local network can connect
welcome-network-about = Without this, only programs on this computer can.
welcome-start-action = Start workspace
welcome-find-title = Join a workspace
welcome-link = Invite link or server address
welcome-link-placeholder = hallway://join/… or chat.example.org
welcome-proxy-use = Connect through a proxy
welcome-proxy = Proxy
welcome-proxy-placeholder = proxy.example.org:3128
welcome-link-broken = This invite link is not complete. Copy it again, from the first to the last character.
welcome-address-bad = Enter an invite link, or a server as chat.example.org or 10.0.0.5:7290.
welcome-find-action = Continue
welcome-join-title = Join { $workspace }
welcome-server = Server { $address }
welcome-join-action = Join
welcome-has-account = I already have an account
welcome-sign-in-title = Sign in to { $workspace }
welcome-sign-in-action = Sign in
welcome-has-invite = Make a new account with the invitation
welcome-trust-title = Is this your server?
welcome-trust-about = The server at { $address } has a certificate of its own. Ask its administrator for the fingerprint and compare all of it. Continue only if it is the same.
welcome-trust-action = It is the same
welcome-passphrase-new-title = Protect your messages
welcome-passphrase-new-about = This computer has no keyring. Choose a passphrase that encrypts the messages kept here. Hallway asks for it at each start; nobody can restore it.
welcome-passphrase-title = Unlock your messages
welcome-passphrase-about = Enter the passphrase that protects the messages on this computer.
welcome-passphrase = Passphrase
welcome-passphrase-repeat = Passphrase again
welcome-passphrase-missing = Enter your passphrase.
welcome-passphrase-short = Use at least { $count } characters.
welcome-passphrase-differs = The two passphrases differ.
welcome-passphrase-new-action = Protect and continue
welcome-passphrase-action = Unlock
welcome-workspace-exists = This computer already has a workspace. Sign in to it.
welcome-busy-starting = Starting the workspace…
welcome-busy-looking = Looking for the server…
welcome-busy-entering = Signing in…

## What went wrong beyond an error code

problem-no-network = The server cannot be found. Check the address and your network.
problem-unreachable = The server cannot be reached. Check that it runs and that the address is right.
problem-timeout = The server did not answer in time. Try again.
problem-not-hallway = Something answers at this address, but it is not a Hallway server. Check the address.
problem-other-certificate = The server shows another certificate than before. Do not go on; ask its administrator whether it was replaced.
problem-proxy = The proxy does not let Hallway through ({ $reason }). Ask whoever runs it to allow this server.
problem-proxy-address = This is not an HTTP proxy without a password. Use a form like proxy.example.org:3128.
problem-plain = Unencrypted connections are possible on this computer only.
problem-address = This is not an address. Use a form like chat.example.org or 10.0.0.5:7290.
problem-port-taken = Another program on this computer uses the workspace's port. Close it and try again.
problem-workspace = The workspace could not be started: { $reason }
problem-no-keyring = This computer has no keyring that could keep the key of your messages. Choose a passphrase instead.
problem-keyring-away = The keyring with the key of your messages is not available. Unlock it, or sign in to this computer again.
problem-key-lost = The key of the messages kept here is gone, so they cannot be read any more. Sign in again to get them from the server.
problem-passphrase-needed = The messages kept here are protected by a passphrase.
problem-wrong-passphrase = This is not the passphrase. Try again.
problem-key-file = The file with the protected key is damaged or cannot be read. Sign in again to get your messages from the server.

## Settings

settings-title = Settings
settings-close = Close settings
settings-appearance = Appearance
settings-notices = Notifications
settings-account = Account
settings-devices = Devices
settings-invite = Invite people
settings-about = About
settings-theme = Theme
settings-theme-system = As the system
settings-theme-light = Light
settings-theme-dark = Dark
settings-theme-contrast = High contrast
settings-language = Language
settings-language-system = As the system
settings-zoom = Size of text and controls
settings-zoom-reset = Back to 100 %
settings-software = Draw without the graphics card
settings-software-about = Uses less memory. Takes effect at the next start.
settings-notices-enabled = Show notifications
settings-notices-about = For messages that arrive while you are elsewhere. Muted chats stay silent.
settings-notices-previews = Show message text in notifications
settings-notices-previews-about = Otherwise only who or which group has written.
settings-notices-unsupported = Hallway cannot show notifications on this system.
settings-save = Save
settings-saved = Saved
settings-copy = Copy
settings-copied = Copied
settings-loading = Loading…
settings-retry = Try again
settings-nick-long = Use at most { $count } characters.
settings-password = Password
settings-password-old = Present password
settings-password-new = New password
settings-password-about = Your other devices are signed out when it changes.
settings-password-action = Change password
settings-password-changed = Password changed. Your other devices were signed out.
settings-connection = Connection
settings-proxy-about = Leave empty to connect directly.
settings-sign-out = Sign out
settings-sign-out-about = Your messages stay encrypted on this computer and can be read again after signing in.
settings-stay = Stay signed in
settings-devices-about = Every place where you are signed in. End those you do not know or no longer use.
settings-device-unnamed = Unnamed computer
settings-device-this = this device
settings-device-online = online now
settings-device-seen = last seen { $time }
settings-device-end = End session
settings-invite-about = A link lets one person make an account in { $workspace }. Send it to nobody else.
settings-invite-admin = As an administrator
settings-invite-admin-about = May invite people and look after the workspace.
settings-invite-action = Make an invite link
settings-invite-copy = Copy link
settings-invite-expires = Valid until { $time }
settings-log = Log
settings-log-about = What Hallway notes about its own work on this computer. Never what people write.
settings-log-everything = Everything
settings-log-key = Key information
settings-log-warnings = Warnings
settings-log-errors = Errors
settings-log-silent = Nothing
settings-version = Version { $version }
settings-workspace = Workspace
settings-server = Server
settings-hosted = This computer is the server of the workspace. Others reach it while Hallway is open here.
settings-not-hosted = Messages are kept on the server of your organisation, and encrypted on this computer.

## Directory

directory-title = People
directory-close = Close directory
directory-search = Search people
directory-invite = Invite
directory-failed = The directory could not be loaded
directory-nobody = Nobody found
directory-nobody-about = Try another part of the name.
directory-you = you

## Quick switcher

switcher-placeholder = Go to a chat or person
switcher-hint = @ people · # groups · > actions
switcher-nothing = Nothing found
switcher-person = Start a chat

## Command line and start

args-help =
    Usage: hallway [--profile NAME] [hallway://join/…]

      --profile NAME     Use a profile of its own: another account, other settings.
      hallway://join/…   Join a workspace with this invite link.
      --help             Show this text.
      --version          Show the version.
args-unknown = Unknown option: { $option }
args-no-profile = --profile needs a name.
args-bad-profile = “{ $name }” cannot name a profile. Use letters, digits, - and _, at most 64.
args-bad-link = This is not a complete invite link. Copy it again, from the first to the last character.
start-no-display =
    There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.
    Start Hallway from a desktop session. To see it work without a display, run ./dev demo in its source tree.
start-no-folder = The system names no folder for the data of programs. Set XDG_DATA_HOME or HOME, then try again.
start-folder = The folder { $folder } cannot be used: { $reason }
start-no-window = No window can be opened: { $reason }
start-crashed =
    The window could not be opened, or was closed by a fault. Is the display named by DISPLAY or WAYLAND_DISPLAY reachable?
    The log in the profile's folder says where it happened. To see Hallway work without a display, run ./dev demo in its source tree.

## Days and times

time-today = Today
time-yesterday = Yesterday
time-monday = Monday
time-tuesday = Tuesday
time-wednesday = Wednesday
time-thursday = Thursday
time-friday = Friday
time-saturday = Saturday
time-sunday = Sunday
time-january = January
time-february = February
time-march = March
time-april = April
time-may = May
time-june = June
time-july = July
time-august = August
time-september = September
time-october = October
time-november = November
time-december = December
time-date = { $weekday }, { $month } { $day }
time-date-year = { $month } { $day }, { $year }

## People in sentences

you-subject = You
you-object = you
names-two = { $a } and { $b }
names-three = { $a }, { $b } and { $c }
names-more = { $a }, { $b } and { $count } others

## Kinds of messages, tips and notices

kind-image = [Image]
kind-voice = [Voice { $time }]
kind-video = [Video]
kind-file = [File] { $name }
kind-custom = [Custom message]
kind-sticker = [Sticker]
kind-sticker-named = [Sticker] { $name }
kind-location = [Location]
kind-record = [Chat record]
kind-tip = [Notice]
recalled-later = You recalled a message. The others see that once you are connected.
recalled-by-you = You recalled a message
recalled-by = { $who } recalled a message
tip-joined = { $names } joined
tip-added = { $who } added { $names }
tip-left = { $names } left
tip-removed = { $who } removed { $names }
tip-admin = { $who } made { $names } administrator
tip-no-admin = { $names } no longer administrator, by { $who }
tip-muted = { $who } muted { $names }
tip-unmuted = { $who } unmuted { $names }
tip-banned = { $who } banned { $names }
tip-unbanned = { $who } lifted the ban of { $names }
tip-name = { $who } named the group “{ $name }”
tip-introduction = { $who } changed the introduction
tip-notice = { $who } changed the notice: { $notice }
tip-notice-removed = { $who } removed the notice
tip-picture = { $who } changed the picture
tip-owner = { $who } made { $owner } the owner
tip-mute-all = { $who } muted everybody
tip-unmute-all = { $who } unmuted everybody
tip-join-option = { $who } changed who may join
tip-invite-option = { $who } changed who may invite
tip-other = The group changed
notice-join-request = { $who } wants to join { $group }
notice-join-accepted = You may join { $group }
notice-join-rejected = Your request to join { $group } was declined
notice-kicked = { $who } removed you from { $group }
notice-dismissed = { $who } dismissed { $group }
notice-created = You made the group { $group }
notice-invited = { $who } added you to { $group }
notice-quit = You left { $group }
notice-admin = You are now administrator of { $group }
notice-no-admin = You are no longer administrator of { $group }
notice-invite-request = { $who } invites you to { $group }
notice-invite-accepted = { $who } accepted your invitation to { $group }
notice-invite-rejected = { $who } declined your invitation to { $group }
notice-invite-approval = { $who } wants to add people to { $group }
notice-banned = { $who } banned you from { $group }
notice-unbanned = { $who } lifted your ban from { $group }
notice-note = “{ $note }”
notice-spoken = { $time }: { $text }
notice-other = Something changed in { $group }

## List of conversations

system-conversation = Group notices
chats = Chats
directory = People
switcher = Go to
settings = Settings
rail-me = { $name } · { $workspace }
new = New
new-chat = New chat
new-group = New group
start-chat = Start a chat
list-search = Search chats and people
list-empty = No chats yet
list-empty-text = Write to somebody, or wait until somebody writes to you.
list-spoken =
    { $count ->
        [0] { $name }: { $text }
       *[other] { $name }, { $count } unread: { $text }
    }
notice-new = New message
notice-several = { $count } new messages
notice-everywhere = { $count } new messages in { $chats } chats
notice-open = Open
preview-draft = [Draft]
preview-failed = [Not sent]
preview-at-me = [@me]
preview-at-all = [@all]
preview-you = You: { $text }
preview-from = { $who }: { $text }
mark-read = Mark as read
mark-unread = Mark as unread
pin = Pin
unpin = Unpin
mute = Mute
unmute = Unmute
mark-all-read = Mark everything as read
copy-id = Copy ID
clear-history = Clear history
leave-group = Leave group
delete-conversation = Delete chat
net-connecting = Connecting…
net-offline = Offline. You can read and write; messages are sent later.
net-syncing = Catching up: { $done } of { $of }

## Timeline

timeline-unread = New messages
timeline-start-person = This is the beginning of your chat with { $name }.
timeline-start-group = This is the beginning of { $name }.
timeline-start-system = Here the workspace tells you what concerns you.
timeline-failed = The messages could not be read
hole-loading =
    { $count ->
        [one] Loading one message…
       *[other] Loading { $count } messages…
    }
hole-failed = Could not load
jump-latest = Latest message
jump-mention = Message that mentions you
jump-return = Back to where you were
message-spoken = { $who }, { $time }: { $text }
message-edited = edited
message-not-sent = Not sent.
message-unsupported = Unsupported message ({ $kind })
quote-recalled = Message recalled
quote-spoken = Go to the message of { $who }
state-sending = Sending
state-sent = Sent
state-delivered = Delivered
state-read = Read
reply = Reply
copy = Copy
copy-code = Copy code
code-more = Show all { $count } lines
code-less = Show less
copy-json = Copy JSON
edit = Edit
edit-again = Edit again
recall = Recall
recall-too-late = Recall time over
delete-for-me = Delete for me
delete = Delete
retry = Retry
more = More
header-members =
    { $count ->
        [one] 1 member
       *[other] { $count } members
    }
back = Back
panel-toggle = Details
hint-switcher = Go to a chat
hint-new-chat = New chat
hint-shortcuts = All keys

## Composer

composer-placeholder = Message { $name }
composer-editing = Editing
receivers-choose = Only for some members…
receivers-title = Only for some members
receivers-about = Choose who sees what you send. Nobody else in the group does.
receivers-only = Only { $names } will see this
receivers-done = Write to them
receivers-change = Change
receivers-clear = Write to everybody again
composer-reply = Reply to { $name }
send = Send
save-change = Save change
emoji = Emoji
emoji-search = Search emoji
emoji-recent = Used last
emoji-none = No emoji of this name
emoji-smileys = Faces
emoji-hands = Hands and people
emoji-hearts = Hearts and feasts
emoji-nature = Animals, plants, weather
emoji-food = Food and drink
emoji-places = Places and sports
emoji-things = Things
emoji-signs = Signs and flags
stickers = Stickers
sticker-search = Search stickers
sticker-none = No sticker of this name
sticker-away = The stickers come with the next connection
mention-all = everybody
mention-all-about = { $count } members
cannot-write-system = Only the workspace writes here.
cannot-write-left = You are no longer in this group.
cannot-write-disabled = This account is switched off.
cannot-write-muted-all = Only administrators can write here.
cannot-write-muted = You are muted until { $time }.

## Voice messages

voice-record = Record a voice message
voice-recording = Recording, { $time }
voice-limit = up to { $time }
voice-pause = Pause
voice-go-on = Go on recording
voice-full = Ten minutes are the most
voice-listen = Listen
voice-stop-listening = Stop listening
voice-discard = Discard recording
voice-waits = A recording for { $name } is not sent yet. Send or discard it first.
voice-play = Play
voice-pause-message = Pause
voice-fetching = Fetching the sound
voice-unheard = Not played yet
voice-speed = Speed { $speed }
flagged = Held back by moderation
voice-to-text = To text
voice-turning = Turning into text…
voice-no-words = No words found
voice-not-fetched = The sound could not be fetched.
voice-unplayable = This sound cannot be played here.
voice-not-built = This version of Hallway was built without sound.
voice-no-device = No microphone found. Connect one and try again.
voice-no-speaker = No speaker found. Connect one and try again.
voice-refused = The system does not let Hallway use the sound device. Allow it in the system's settings.
voice-busy = Another program is using the sound device. Close it and try again.
voice-broken = The sound device does not work ({ $reason }). Try again.
ask-discard-voice-title = Discard the recording of { $time }?
ask-discard-voice-text = What you said will be gone.

## Side panel and dialogs

panel-group = Group
panel-person = Person
panel-admin = Administrator of the workspace
panel-members = Members ({ $count })
panel-all = Show all { $count }
panel-search = Search members
panel-loading = Loading…
panel-empty = None
panel-edit = Change: { $field }
panel-too-long = Use at most { $most } characters.
panel-you = you
role-owner = Owner
role-admin = Administrator
group-name = Name
group-name-long = Use at most { $most } characters.
group-notice = Notice
group-introduction = Introduction
write-message = Write a message
remove-member = Remove from the group
remove-name = Remove { $name }
add-members = Add members
add-count =
    { $count ->
        [0] Add
        [one] Add 1 person
       *[other] Add { $count } people
    }
members-left-out =
    { $count ->
        [one] 1 person could not be added.
       *[other] { $count } people could not be added.
    }
members-pending =
    { $count ->
        [one] 1 person is added once that is approved.
       *[other] { $count } people are added once that is approved.
    }
new-group-people = Who is in the group?
new-group-alone = Only you for now. You can add people later.
new-group-members = With { $names }
create-group = Create group
people-search = Search people
people-failed = People could not be loaded
people-none-title = Nobody
people-none = Nobody of this name.
people-none-yet = There is nobody else here yet.
people-unchoose = Leave out { $name }
next = Next
save = Save
cancel = Cancel
close = Close
open-link = Open link
ask-delete-title = Delete the chat with “{ $name }”?
ask-delete-text = It leaves your list and its messages are deleted for you, on all your devices. Others keep theirs.
ask-clear-title = Clear the history of “{ $name }”?
ask-clear-text = All its messages are deleted for you, on all your devices. Others keep theirs.
ask-leave-title = Leave “{ $name }”?
ask-leave-text = You can still read what has been written so far. To come back, a member has to add you.
ask-recall-title = Recall this message?
ask-recall-text = It is removed for everybody. They see that you recalled a message.
recall-message = Recall message
ask-delete-message-title = { $count ->
    [one] Delete this message for you?
   *[other] Delete { $count } messages for you?
}
ask-delete-message-text = It disappears on all your devices. Others keep it.
delete-messages = { $count ->
    [one] Delete message
   *[other] Delete { $count } messages
}
ask-remove-title = Remove { $name } from the group?
ask-remove-text = They keep what has been written so far, and get nothing new.
ask-all-read-title = Mark everything as read?
ask-all-read-text = No chat counts as unread afterwards.
ask-browse-title = Open a page of { $host }?
ask-notify-title = Notify { $count } people?
ask-notify-text = Everybody in this group is told about your message.

## What could not be done

failed-list = The chats could not be loaded.
failed-open = The chat could not be opened.
failed-send = The message could not be sent.
failed-resend = The message could not be sent again.
failed-edit = The message could not be changed.
failed-recall = The message could not be recalled.
failed-delete-message = The message could not be deleted.
failed-delete-conversation = The chat could not be deleted.
failed-clear-history = The history could not be cleared.
failed-remove-member = The member could not be removed.
failed-setting = The setting could not be changed.
failed-leave = You could not leave the group.

## List of shortcuts

shortcuts-title = Keyboard shortcuts
shortcuts-search = Search shortcuts
shortcuts-close = Close

## The session and the window

workspace-not-started = The workspace on this computer did not start.
browse-failed = No browser could be opened. Copy the link instead.
kicked-elsewhere = You signed in on too many devices, so this one was signed out.
kicked-device = You signed in on another kind of device, so this one was signed out.
kicked-expired = Your sign-in ran out. Sign in again.
kicked-ended = This session was ended. Sign in again to go on.

## Folders of conversations

folder-add = Add to folder
folder-all = All
folder-new = New folder
folder-new-more = New folder…
folder-rename = Rename folder
folder-delete = Delete folder
folder-create = Create folder
folder-save = Save
folder-name = Name
folder-name-long = The name is too long. Choose a shorter one.
folder-empty = Nothing in this folder
folder-empty-text = Right-click a chat and choose “Add to folder”.
ask-delete-folder-title = Delete the folder “{ $name }”?
ask-delete-folder-text = The chats in it stay where they are.

## Do not disturb

quiet = Do not disturb
quiet-on = Do not disturb
quiet-until = Do not disturb until { $time }
quiet-until-tomorrow = Do not disturb until tomorrow, { $time }
quiet-off = Turn off do not disturb
quiet-half-hour = For 30 minutes
quiet-hour = For 1 hour
quiet-tomorrow = Until tomorrow, { $time }
quiet-for-ever = Until I turn it off

## Searching messages

search-title = Search messages
search-placeholder = Search messages
search-next = Next hit
search-previous = Previous hit
search-here = In this chat
search-everywhere = In all chats
search-anybody = From anybody
search-from = From { $name }
search-me = Me
search-any-kind = Any type
search-kind-text = Text
search-kind-media = Images and videos
search-kind-file = Files
search-kind-voice = Voice messages
search-kind-location = Locations
search-kind-record = Chat records
search-any-time = Any time
search-today = Today
search-days =
    { $count ->
        [one] Last day
       *[other] Last { $count } days
    }
search-year = Last year
search-idle = Type what you remember: a piece of a sentence, a name, a number.
search-loading = Searching…
search-nothing = Nothing found
search-found =
    { $count ->
        [one] 1 message
       *[other] { $count } messages
    }
search-found-about = About { $count } messages
search-found-chats =
    { $count ->
        [one] In 1 chat
       *[other] In { $count } chats
    }
search-about = about { $count }
search-incomplete = Older messages are still being prepared for searching.
search-open-group = Show all that was found here
search-group-spoken = { $name }: { $count }
search-more = Show more

## Pictures, films and files

bytes-b = { $count } B
bytes-kb = { $count } KB
bytes-mb = { $count } MB
bytes-gb = { $count } GB
left-seconds = { $count } s left
left-minutes = { $count } min left
left-hours = { $count } h left
transfer-short = { $here } / { $total }
transfer-speed = { $speed }/s
transfer-paused = Paused · { $progress }
transfer-waiting = Waiting to be sent
attach = Add
attach-media = Photo or video
attach-file = File
attach-title = Send to { $name }
attach-as-files = Send as files
attach-compress = Make pictures smaller
attach-compress-about = Sends faster. Off: the originals, without where they were taken.
attach-caption = Caption
attach-total = { $count ->
    [one] 1 item
   *[other] { $count } items
} · { $size }
attach-more = Add more
attach-earlier = Move up
attach-remove = Remove
attach-too-many = No more than { $most } files at once. { $count } were left out.
clipboard-picture = Pasted picture
drop-title = Drop to send to { $name }
drop-text = Choose next: as photos or as files
failed-attach = “{ $name }” could not be sent.
failed-picture = The next picture could not be found
failed-download = Could not download.
failed-open-file = No program of this computer opens this file.
failed-file-gone = The file is no longer there. Save it again.
failed-copy = Could not copy the picture.
picture-copied = Picture copied
picture-failed = Cannot be shown
open-picture = Open picture
cancel-upload = Cancel sending
file-spoken = File { $name }
download = Download
pause = Pause
resume = Continue
show-in-folder = Show in folder
save-as = Save as…
open = Open
open-anyway = Open anyway
open-with-system = Open with another program
play-video = Play video
ask-program-title = Open “{ $name }”?
ask-program-text = This file is a program. It can change or read anything you can. Open it only if you know what it is and trust the person who sent it.
loading = Loading…
viewer-place = { $place } of { $count }
viewer-before = Previous picture
viewer-after = Next picture
viewer-turn = Rotate
# Choosing several messages, and sending them on.
forward = Forward
select = Select
picked = { $count ->
    [0] Nothing selected
   *[other] { $count } selected
}
forward-title = { $count ->
    [one] Forward message
   *[other] Forward { $count } messages
}
forward-search = Search chats and people
forward-most = That is all: { $most } at a time.
forward-merged = As one chat record
forward-note = Add a note
forward-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
forwarded = { $count ->
    [one] Forwarded.
   *[other] Forwarded to { $count } chats.
}
record-title = Chat record of { $names }
record-compatible = [Chat record] Please update to see it.

# Reactions.
react = React
react-with = React with { $sign }
reaction-spoken = { $sign } from { $who }
reaction-people = { $count ->
    [one] 1 person
   *[other] { $count } people
}
failed-react = Your reaction could not be saved.

# Pinned messages.
pin-message = Pin
unpin-message = Unpin
pinned = Pinned by { $who }
pinned-of = Pinned message { $number } of { $count }
failed-pin = The pin could not be changed.

# Who has read, who writes, who is meant.
read-by = Read by…
readers = Read by
readers-count = { $read }/{ $all } read
readers-everybody = Read by all
readers-read = { $count } read
readers-unread = { $count } not yet
reactors = { $sign } from
readers-none = Nobody yet.
readers-all = Everybody has read it.
readers-loading = Loading…
readers-more = Show more
typing-one = Typing…
typing = { $count ->
    [one] { $names } is typing…
   *[other] { $names } are typing…
}
only-for = Only the sender and { $names } see this

# Translations and previews of links.
translate = Translate
translate-hide = Hide translation
translated = Translation
translating = Translating…
failed-translate = The message could not be translated.
preview-remove = Remove link preview
preview-open = Open { $site }
failed-remove-preview = The preview could not be removed.

# Cards: contacts, places, polls, lists, what other programs send.
new-contact = Send a contact
contact-words = [Contact] { $name }
contact-write = Write a message
custom-about = Sent by another program.
place-unnamed = A place
place-open = Open in maps
new-place = Send a location
place-name = Name or address
place-latitude = Latitude
place-longitude = Longitude
new-poll = New poll
poll-question = Question
poll-option-name = Option { $number }
poll-several = Several answers allowed
poll-votes = { $count ->
    [0] No votes yet
    [one] 1 vote
   *[other] { $count } votes
}
poll-option = { $count ->
    [one] { $option }, 1 vote
   *[other] { $option }, { $count } votes
}
poll-words = [Poll] { $question }
new-list = New sign-up list
list-title = What for
list-places-name = Places (empty for any number)
list-words = [Sign-up] { $title }
list-on = Sign me up
list-off = Take me off
list-people = { $count ->
    [0] Nobody yet
    [one] 1 person
   *[other] { $count } people
}
list-places = { $count } of { $most } places taken
list-more = and { $count } more
list-waiting = { $name } (waiting list)
failed-answer = Your answer could not be saved.

# Chat records.
record = Chat record
record-count = { $count ->
    [one] Chat record · 1 message
   *[other] Chat record · { $count } messages
}
record-too-deep = Nested too deeply to be shown
record-open = Open { $title }
record-search = Search in this record
record-failed = Could not load this record
record-loading = Loading…
record-none = No messages found
record-none-about = Try other words.
