//! The table of every error code of the spec.
//!
//! One line per code: `Name = number, retry class, "developer text", "spec rows";`. The macro makes the enum
//! and everything that depends on the rows from it, so that a code cannot be known in one place and forgotten
//! in another. To add a code: add its line here and its sentence to `i18n/*/errors.ftl`; the tests of
//! [`super`] name what is missing.

use super::Retry;

macro_rules! error_codes {
    ($($name:ident = $code:literal, $retry:ident, $text:literal, $rows:literal;)+) => {
        /// Every error code of the spec, and room for those of hooks and of newer servers.
        ///
        /// Travels as its number. Build it from a number with `ErrorCode::from(number)`, which finds the named
        /// variant; [`ErrorCode::Other`] is only for numbers that have none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(
                #[doc = concat!("`", stringify!($code), "`: ", $text, ". Rows ", $rows, ".")]
                $name,
            )+
            /// 120001 to 130000: the own code of a deployer's hook, passed on unchanged (MSG-48, SERR-1).
            Hook(i32),
            /// A code this version does not know, e.g. of a newer server; kept as it came (SERR-97).
            Other(i32),
        }

        impl ErrorCode {
            /// Every code that has a name, in the order of the table.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name,)+];

            /// The number that travels.
            pub const fn code(self) -> i32 {
                match self {
                    $(ErrorCode::$name => $code,)+
                    ErrorCode::Hook(code) | ErrorCode::Other(code) => code,
                }
            }

            /// The code with this number, if it is one of the spec or of a hook.
            pub const fn from_code(code: i32) -> Option<Self> {
                match code {
                    $($code => Some(ErrorCode::$name),)+
                    120_001..=130_000 => Some(ErrorCode::Hook(code)),
                    _ => None,
                }
            }

            /// One line for developers and logs, in English (SERR-2). People see the text of `i18n/*/errors.ftl`.
            pub const fn text(self) -> &'static str {
                match self {
                    $(ErrorCode::$name => $text,)+
                    ErrorCode::Hook(_) => "refused by a hook of the deployment with its own code",
                    ErrorCode::Other(_) => "unknown error code",
                }
            }

            /// Whether repeating the same request can help.
            pub const fn retry(self) -> Retry {
                match self {
                    $(ErrorCode::$name => Retry::$retry,)+
                    ErrorCode::Hook(_) | ErrorCode::Other(_) => Retry::Permanent,
                }
            }
        }

        /// The spec rows of each code, for the tests that compare the table with the spec.
        #[cfg(test)]
        pub(super) const ROWS: &[(i32, &str)] = &[$(($code, $rows),)+];
    };
}

error_codes! {
    // Session: signing in and being ready
    AppIdMissing = 2000, Permanent, "no app ID was given", "SES-10, SES-70";
    AccountTypeMissing = 2001, Permanent, "no account type was given", "SES-70";
    UserIdMissing = 2002, NeedsUser, "no user ID was given", "SES-11, SES-70";
    CredentialMissing = 2003, NeedsUser, "no credential was given", "SES-11, SES-70";
    InternalAccountIdMissing = 2022, Permanent, "the internal account ID is missing", "SES-70";
    SessionKeyMissing = 2023, NeedsUser, "the session key is missing", "SES-70";
    NotLoggedIn = 2024, NeedsUser, "nobody is logged in", "SES-12, SES-31, SES-71";
    LoginRepeated = 2025, Retryable, "login was called again within 15 seconds", "SES-4, SES-72";

    // Client: uploads and messages
    UploadComponentMissing = 2040, Permanent, "no upload component is registered", "SES-19, MSG-49";
    UploadAddressMissing = 2041, Retryable, "the upload component got no address to upload to", "MSG-49";
    SendFailed = 2100, Permanent, "sending failed for another reason, or the message is not in a state for this", "MSG-29, MSG-51";
    NotInAvRoom = 2101, Permanent, "not joined this broadcast room", "MSG-46";
    NotAMessage = 2105, Permanent, "what was given is not a message object", "MSG-40";
    ConversationKindNotAllowed = 2106, Permanent, "this kind of conversation cannot be sent to", "MSG-21, MSG-40, OBJ-110";
    FileEmpty = 2108, Permanent, "the file is empty", "MSG-22 to MSG-24, MSG-27";
    ProgressCallbackFailed = 2109, Permanent, "the application's progress callback failed", "MSG-18";
    RevokeFailed = 2110, Permanent, "revoking failed for another reason", "MSG-61";
    DeleteMessageFailed = 2111, Permanent, "deleting messages failed for another reason", "MSG-62";
    ReadAllFailed = 2112, Retryable, "marking everything as read failed", "CONV-71, CONV-134";
    NoReceiptNeeded = 2114, Permanent, "no message in the list needs a read receipt", "MSG-85";
    CommunityNotTopic = 2115, Permanent, "messages go to a topic, not to the community itself", "MSG-40, COM-61, COM-92";
    NoticeNotDeletable = 2116, Permanent, "system notices cannot be deleted one by one", "MSG-62, OBJ-140";
    TranslationFailed = 2117, Permanent, "translation failed or no translation service is set", "MSG-70";
    VoiceToTextFailed = 2118, Permanent, "voice-to-text failed or no such service is set", "MSG-71";
    VoiceFormatUnsupported = 2119, Permanent, "the audio format cannot be turned into text", "MSG-71";
    ImageMissing = 2251, Permanent, "no image was given", "MSG-22";
    ImageFormatUnsupported = 2252, Permanent, "this image format is not supported", "MSG-22";
    ImageTooLarge = 2253, Permanent, "the image is larger than allowed", "MSG-22";
    AudioUploadFailed = 2300, Retryable, "uploading the audio failed", "MSG-49";
    AudioTooLarge = 2301, Permanent, "the audio is missing or larger than allowed", "MSG-23";
    VideoUploadFailed = 2350, Retryable, "uploading the video failed", "MSG-49";
    VideoTooLarge = 2351, Permanent, "the video is larger than allowed", "MSG-24";
    VideoFormatUnsupported = 2352, Permanent, "this video format is not supported", "MSG-24";
    FileUploadFailed = 2400, Retryable, "uploading the image or file failed", "MSG-49";
    FileMissing = 2401, Permanent, "no file was given", "MSG-27";
    FileTooLarge = 2402, Permanent, "the file is larger than allowed", "MSG-27";
    FileAddressMissing = 2403, Retryable, "the upload ended without a file address", "MSG-49";
    NotACombinedMessage = 2450, Permanent, "the message is not a combined message", "MSG-30";
    CombinedKeyInvalid = 2451, Permanent, "the download key of the combined message is wrong", "MSG-30";
    CombinedDownloadFailed = 2452, Retryable, "downloading the combined message failed", "MSG-30";
    NotForwardable = 2453, Permanent, "this message cannot be forwarded", "MSG-29, MSG-31, OBJ-101";
    ForwardContentAltered = 2454, Permanent, "the content to forward does not match the original", "MSG-31";
    ModifyConflict = 2480, Permanent, "somebody modified the message first; data.message is the latest", "MSG-63";
    ModifyNotInAvRoom = 2481, Permanent, "messages of a broadcast room cannot be modified", "MSG-63";

    // Client: conversations
    ConversationNotFound = 2500, Permanent, "the conversation does not exist", "CONV-130";
    ConversationTargetNotFound = 2501, Permanent, "the user or group of the conversation does not exist", "CONV-61, CONV-130, SERR-10";
    ConversationKindUnknown = 2502, Permanent, "the kind of the conversation is unknown", "CONV-130";
    ConversationIdMalformed = 2503, Permanent, "the conversation ID is malformed or not possible here", "CONV-130";

    // Client: groups
    GroupTypeIllegal = 2600, Permanent, "the group type is illegal", "GMB-130, SERR-11";
    JoinWorkRefusedOld = 2601, Permanent, "older refusal: a work group cannot be joined", "GMB-131, SERR-12";
    GroupIdMalformed = 2602, Permanent, "the group ID is malformed", "GMB-130, SERR-11";
    GroupUnknown = 2603, Permanent, "the group is unknown", "GMB-130, SERR-11";
    AvRoomNotTransferable = 2620, Permanent, "a broadcast room cannot be transferred", "GRP-80, GMB-132";
    TransferToSelf = 2621, Permanent, "a group cannot be transferred to its owner", "GRP-80, GMB-132";
    DismissWorkRefusedOld = 2622, Permanent, "older refusal: a work group cannot be dismissed", "GMB-131, SERR-12";
    TargetNotInGroup = 2623, Permanent, "that user is not in the group", "GMB-43 to GMB-45, GMB-132";
    AttributesTypeRefusedOld = 2641, Permanent, "older refusal: attributes of another group type", "GMB-135, SERR-14";
    AttributesNotJoinedOld = 2642, Permanent, "older refusal: attributes before joining", "GMB-135, SERR-14";
    JoinGroupFailed = 2660, Permanent, "joining the group failed", "GRP-75, GMB-133";
    AvRoomNoAdding = 2661, Permanent, "members cannot be added to a broadcast room", "GMB-42, GMB-133";
    GroupNeedsLogin = 2662, NeedsUser, "this group operation needs a login", "GMB-133";
    NotGroupOwner = 2681, Permanent, "only the owner of the group may do this", "GRP-73, GRP-80, GMB-45, GMB-134";
    RoleRefusedOld = 2682, Permanent, "older refusal: no roles in this group type", "GMB-131, SERR-12";
    GroupRoleInvalid = 2683, Permanent, "this role cannot be given", "GMB-45, GMB-134";
    OwnRoleUnchangeable = 2684, Permanent, "one's own role cannot be changed", "GMB-45, GMB-134";
    MuteSelf = 2685, Permanent, "one cannot mute oneself", "GMB-44, GMB-134";
    BanTimeInvalid = 2686, Permanent, "the duration of the ban is wrong", "GMB-43, GMB-134";
    NotInAvRoomType = 2687, Permanent, "not possible in a broadcast room", "GMB-41, GMB-46, GMB-47, GMB-134";

    // Client: contacts and own profile
    NotAFriend = 2700, Permanent, "that user is not a friend", "FRI-44, FRI-45, SERR-17";
    AlreadyFriend = 2701, Permanent, "that user is a friend already", "FRI-64, SERR-17";
    FriendGroupExists = 2710, Permanent, "a friend group of this name exists", "FRI-91, FRI-95, SERR-18";
    FriendGroupUnknown = 2711, Permanent, "there is no friend group of this name", "FRI-92 to FRI-95, SERR-18";
    FriendApplicationUnknown = 2716, Permanent, "there is no such friend application", "FRI-81 to FRI-83, SERR-19";
    ProfileParameterInvalid = 2721, Permanent, "a value of the profile update is wrong", "PROF-62, PROF-67, SERR-20";
    ProfileNothingToUpdate = 2722, Permanent, "the profile update holds nothing to change", "PROF-62, SERR-20";
    BlockSelf = 2742, Permanent, "one cannot block oneself", "BLK-11, SERR-21";

    // Client: network and state
    NetworkError = 2800, Retryable, "the connection failed", "SES-35, SES-73";
    RequestTimeout = 2801, Retryable, "no answer in time", "SES-7, SES-73";
    NoNetwork = 2805, Retryable, "there is no network", "SES-35, MSG-36, SES-73";
    UnexpectedError = 2903, Permanent, "unexpected internal error of the client", "SES-74";
    StateNotAllowed = 2905, Permanent, "the call is not allowed in this state", "SES-13, MSG-59, MSG-60, MSG-78, SES-74";
    TooFrequent = 2996, Retryable, "the call was made too often", "SES-75, SERR-22";
    NotReady = 2999, Retryable, "the client is not ready yet", "SES-31, SES-76";
    LoginRunning = 3000, Retryable, "a login is running", "SES-11, SES-72";
    LoginFailed = 3001, NeedsUser, "the login failed", "SES-11, SES-77";
    EndedByDeviceKick = 3002, NeedsUser, "the call ended: signed in on another device class", "SES-77";
    EndedByAccountKick = 3003, NeedsUser, "the call ended: too many instances of this account", "SES-77";
    EndedByCredentialExpiry = 3004, NeedsUser, "the call ended: the credential expired", "SES-77";
    EndedByLogout = 3005, NeedsUser, "the call ended: logged out", "SES-77";
    EndedByAdminKick = 3006, NeedsUser, "the call ended: an administrator ended the session", "SES-77";
    FeatureNotEnabled = 3122, Permanent, "the feature is not switched on in this deployment", "SES-78, FOL-21, PRES-64";
    LocalWordRefused = 3123, Permanent, "the local word filter refused the text", "MSG-47";
    ParameterEmpty = 3153, Permanent, "a required parameter is empty", "SES-79";
    NotLoggedInOld = 6014, NeedsUser, "nobody is logged in (older number)", "SES-71";
    InvalidParameter = 6017, Permanent, "a parameter is wrong", "SES-79, SERR-23";
    UserIdInvalid = 7003, NeedsUser, "the user ID is malformed", "SES-1";
    FeatureNotPaid = 7013, Permanent, "the feature is not part of this deployment", "SES-78, PRES-64";
    LocalTextRefused = 7015, Permanent, "the local check refused the text", "MSG-47";
    MessageTooLargeLocal = 8001, Permanent, "the message is larger than allowed (found by the client)", "OBJ-1, MSG-42";
    CombinedTooDeep = 8005, Permanent, "combined messages are nested too deep", "OBJ-4, MSG-29";
    InvitationNotFound = 8010, Permanent, "the invitation does not exist or is finished", "SIG-30, SIG-60";
    NotYourInvitation = 8011, Permanent, "not the inviter or not invited", "SIG-61";
    InvitationIdUsed = 8012, Permanent, "the invitation ID is used already", "SIG-22, SIG-62";
    InvitationNotCancellable = 8020, Permanent, "this message cannot be cancelled", "SIG-63";
    OfflineQueueFull = 9507, Retryable, "too many requests wait for the connection", "SES-6";
    PacketTooLarge = 9522, Permanent, "the request packet is too large", "SES-5";

    // Server: groups
    GroupNotLoggedIn = 10001, NeedsUser, "not logged in; in the legacy profile commands: the account does not exist", "SERR-70, LEG-51, LEG-77";
    GroupInternalError = 10002, Retryable, "internal error; in the legacy profile commands: the account is not valid", "SES-83, SERR-71, LEG-77";
    GroupCommandUnknown = 10003, Permanent, "unknown command", "SERR-71, RSG-17";
    GroupParameterInvalid = 10004, Permanent, "a parameter of the group call is wrong", "SES-79, SERR-71";
    TooManyAccounts = 10005, Permanent, "too many accounts in one call", "SERR-71, RSG-3, RSG-4";
    GroupTooFrequent = 10006, Retryable, "the group call was made too often", "SES-80, GMB-14, SERR-71";
    NoPermission = 10007, Permanent, "no right, or not possible for this group type or option", "SES-84, SERR-72";
    GroupRequestIllegal = 10008, Permanent, "the request or its signature is illegal", "SERR-73, RSG-21";
    OwnerCannotQuit = 10009, Permanent, "the owner cannot leave the group", "GRP-48, GRP-76, SERR-74";
    GroupGone = 10010, Permanent, "the group was dismissed or never existed", "SES-85, SERR-75";
    GroupJsonBroken = 10011, Permanent, "the JSON of the request is broken", "SERR-76";
    OperatorInvalid = 10012, Permanent, "the acting account is illegal", "SES-86, SERR-76";
    AlreadyGroupMember = 10013, Permanent, "that user is a member already", "GRP-82, SERR-77";
    GroupFull = 10014, Permanent, "the group is full", "GRP-75, GMB-42, SERR-77";
    GroupIdUnknown = 10015, Permanent, "the group ID is illegal or unknown", "SES-85, SERR-75";
    GroupHookRefused = 10016, Permanent, "the deployer's hook refused the operation", "MSG-48, SERR-78";
    MutedInGroup = 10017, Permanent, "muted in this group, or everybody is muted", "GRP-29, MSG-45, SERR-79";
    AnswerTooLarge = 10018, Permanent, "the answer would be larger than 1 MB", "RST-103, RSG-7, SERR-76";
    TargetUserUnknown = 10019, Permanent, "no such user", "SES-86, GMB-42, SERR-76";
    GroupIdTaken = 10021, Permanent, "the group ID is used by another group", "GRP-72, SERR-80";
    MessageRateLimited = 10023, Retryable, "too many messages in this group", "MSG-39, RSG-11, SERR-79";
    ApplicationDecided = 10024, Permanent, "the application or invitation is decided already", "GRP-82, OBJ-141, SERR-81";
    GroupIdOwnTaken = 10025, Permanent, "the group or topic ID is used by one of the caller's own", "GRP-72, COM-94, SERR-80";
    GroupCommandOff = 10026, Permanent, "the command is switched off", "RSG-17, SERR-73";
    GroupMessageUnknown = 10030, Permanent, "the group has no such message", "MSG-61, RSG-72, SERR-82";
    GroupRevokeTooLate = 10031, Permanent, "the time for revoking a group message is over", "MSG-61, SERR-82";
    GroupRevokeNotPossible = 10032, Permanent, "this kind of group message cannot be revoked", "MSG-61, OBJ-101, SERR-82";
    GroupRevokeTypeRefused = 10033, Permanent, "this group type does not allow revoking", "MSG-61, SERR-82";
    GroupDeleteKindRefused = 10034, Permanent, "this kind of message cannot be deleted", "MSG-62, SERR-82";
    AvRoomDeleteRefused = 10035, Permanent, "messages of a broadcast room cannot be deleted", "MSG-62, SERR-82";
    TooManyAvRooms = 10036, Permanent, "the quota of broadcast rooms is used up", "GRP-72, SERR-83";
    TooManyGroups = 10037, Permanent, "too many groups of this user, or topics of this community", "GRP-9, COM-3, COM-93, SERR-83";
    MemberQuotaExceeded = 10038, Permanent, "more members than allowed", "GRP-72, SERR-83";
    GroupRevokeOff = 10041, Permanent, "revoking is switched off", "MSG-61, SERR-82";
    AvRoomNoHistory = 10044, Permanent, "a broadcast room keeps no history", "MSG-65";
    AttributeKeyTooLong = 10045, Permanent, "the attribute key is too long", "GMB-11, GMB-90, SERR-84";
    AttributeValueTooLong = 10046, Permanent, "the attribute value is too long", "GMB-11, GMB-90, SERR-84";
    TooManyAttributes = 10047, Permanent, "too many attributes", "GMB-11, GMB-90, SERR-84";
    AttributesTooLarge = 10048, Permanent, "the attributes are too large together", "GMB-11, GMB-90, SERR-84";
    AttributesTooFrequent = 10049, Retryable, "attributes were written too often", "GMB-12, GMB-91, SERR-84";
    AttributeKeyUnknown = 10050, Permanent, "there is no such attribute", "GMB-82, SERR-84";
    DeleteRangeTooWide = 10051, Permanent, "the messages to delete span too wide a range", "MSG-62";
    DeleteMessageUnknown = 10052, Permanent, "the message to delete does not exist", "MSG-62";
    TooManyMentions = 10053, Permanent, "too many people are mentioned", "OBJ-2, MSG-21";
    AttributeConflict = 10056, Permanent, "the attributes were changed by somebody else; read them again", "GMB-88, SERR-84";
    GroupQuotaExceeded = 10058, Permanent, "the quota of groups is used up", "RSG-21, SERR-83";
    GroupFeatureOff = 10059, Permanent, "the feature is switched off", "SES-78, GMB-109, SERR-85";
    GroupTooLargeForReceipts = 10060, Permanent, "the group is too large for read receipts", "MSG-11, MSG-50, SERR-86";
    ReceiptForOnlineOnly = 10061, Permanent, "online-only messages have no read receipts", "MSG-32, MSG-50";
    NoReceiptData = 10062, Permanent, "there is no receipt data for this message", "MSG-85 to MSG-87, SERR-86";
    TooManyCounters = 10063, Permanent, "too many counters", "GMB-13, SERR-87";
    TooManyPins = 10070, Permanent, "too many pinned messages", "MSG-10, MSG-68, SERR-88";
    AlreadyPinned = 10071, Permanent, "the message is pinned already", "SERR-88";
    TopicsNotAvailable = 11000, Permanent, "this group has no topics, or topics are switched off", "COM-90, SERR-89";
    TopicDeleteFailed = 110002, Permanent, "deleting the topic failed", "RSG-83, SERR-89";
    TopicGone = 110003, Permanent, "the topic was deleted", "COM-91, SERR-89";

    // Server: messages
    MessageRequestInvalid = 20001, Permanent, "the message request is invalid", "RST-91";
    MessageAccountInvalid = 20003, Permanent, "the sender or receiver is unknown", "SES-86, RST-91";
    MessageNetworkError = 20004, Retryable, "internal network error of the message service", "SES-83, RST-91";
    MessageInternalError = 20005, Retryable, "internal error of the message service", "SES-83, RST-91";
    MessageHookRefused = 20006, Permanent, "the deployer's hook refused the message", "MSG-48, RST-91";
    Blocked = 20007, Permanent, "one of the two has blocked the other", "MSG-44, BLK-21, FOL-10";
    OtherApp = 20008, Permanent, "the accounts belong to different app IDs", "SES-10";
    NotFriends = 20009, Permanent, "not friends, and only friends may write", "MSG-43";
    NotReceiversFriend = 20010, Permanent, "the sender is not a friend of the receiver", "MSG-43";
    NotSendersFriend = 20011, Permanent, "the receiver is not a friend of the sender", "MSG-43";
    AccountMuted = 20012, Permanent, "this account is muted", "MSG-45, RST-95";
    RevokeTooLate = 20016, Permanent, "the time for revoking is over", "MSG-61";
    MessageUnknown = 20022, Permanent, "the message does not exist", "MSG-61, MSG-68";
    AlreadyRevoked = 20023, Permanent, "the message is revoked already", "MSG-61";
    ModifyMessageUnknown = 20026, Permanent, "the message to modify does not exist", "MSG-63";
    ModifyConflictServer = 20027, Permanent, "somebody modified the message first", "MSG-63";
    ModifyConflictServerRetry = 20028, Permanent, "two modifications met", "MSG-63";
    ExtensionConflict = 23001, Permanent, "the extension key was changed by somebody else", "MSG-75, MSG-77";
    TooManyReactions = 23005, Permanent, "too many different reactions", "MSG-80";
    TooManyReactingUsers = 23006, Permanent, "too many users gave this reaction", "MSG-80";
    ReactionExists = 23007, Permanent, "the reaction is there already", "MSG-80";
    ReactionUnknown = 23008, Permanent, "there is no such reaction", "MSG-81, MSG-83";
    ReactionNotOwn = 23009, Permanent, "the reaction is not one's own", "MSG-81";

    // Server: contacts
    ContactParameterInvalid = 30001, Permanent, "a parameter is wrong, or the relation is already so; the message tells which", "FRI-60, SERR-50";
    ContactOtherApp = 30002, Permanent, "the app ID does not match", "SERR-51";
    ContactUserUnknown = 30003, Permanent, "that user does not exist", "FRI-61, SERR-51";
    ContactAdminNeeded = 30004, Permanent, "only an administrator may do this", "RST-4, SERR-51";
    ContactTextRefused = 30005, Permanent, "the text was refused", "FRI-45, SERR-52";
    ContactInternalError = 30006, Retryable, "internal error of the contact service", "SERR-53";
    ContactTimeout = 30007, Retryable, "the contact service did not answer in time", "SERR-53";
    ContactWriteConflict = 30008, Permanent, "two changes met; try again", "SERR-53";
    FriendRequestsForbidden = 30009, Permanent, "an administrator forbids this user to send friend requests", "FRI-62, SERR-54";
    FriendListFull = 30010, Permanent, "the own friend list is full", "FRI-1, FRI-65, SERR-55";
    FriendGroupsFull = 30011, Permanent, "there are too many friend groups", "FRI-3, SERR-55";
    FriendApplicationsFull = 30012, Permanent, "that user has too many open applications", "FRI-2, FRI-69, SERR-55";
    BlocklistFull = 30013, Permanent, "the blocklist is full", "BLK-1, SERR-55";
    OtherFriendListFull = 30014, Permanent, "the friend list of that user is full", "FRI-1, FRI-65, SERR-55";
    AlreadyFriendServer = 30015, Permanent, "that user is a friend already", "FRI-64, SERR-55";
    OtherIsBlocked = 30515, Permanent, "that user is in the own blocklist", "FRI-63, SERR-56";
    FriendRequestsDenied = 30516, Permanent, "that user accepts no friend requests", "FRI-68, SERR-56";
    BlockedByOther = 30525, Permanent, "that user has blocked this one", "FRI-63, SERR-56";
    FriendApplicationSent = 30539, Permanent, "the application was sent and waits; this is a success", "FRI-69, SERR-57";
    FriendRequestsTooFrequent = 30540, Retryable, "too many friend requests", "FRI-71, SERR-58";
    FriendApplicationGone = 30614, Permanent, "there is no such friend application", "FRI-81, SERR-59";
    DeleteNotFriends = 31704, Permanent, "not friends, nothing to delete", "FRI-42, SERR-60";
    DeleteFriendsTooMany = 31707, Retryable, "too many friends deleted in a short time", "FRI-42, SERR-60";
    DeleteUserUnknown = 31804, Permanent, "that user does not exist", "SERR-60";
    FollowingFull = 32100, Permanent, "too many people are followed", "FOL-1, SERR-61";
    FollowersFull = 32101, Permanent, "that user has too many followers", "FOL-2, SERR-61";
    OwnMutualFull = 32102, Permanent, "the own list of mutual followers is full", "FOL-10, SERR-61";
    OtherMutualFull = 32103, Permanent, "that user's list of mutual followers is full", "FOL-10, SERR-61";

    // Server: profiles
    ProfileRequestInvalid = 40001, Permanent, "a parameter of the profile call is wrong", "SERR-40";
    ProfileUserMissing = 40002, Permanent, "no user was given", "SERR-40, RST-46";
    ProfileUserUnknown = 40003, Permanent, "that user does not exist", "PROF-61, SERR-40";
    ProfileAdminNeeded = 40004, Permanent, "only an administrator may do this", "LEG-12, RST-4, SERR-40";
    ProfileTextRefused = 40005, Permanent, "the text was refused", "SERR-41";
    ProfileInternalError = 40006, Retryable, "internal error of the profile service", "PROF-61, SERR-42";
    ProfileNoReadRight = 40007, Permanent, "no right to read this field", "PROF-68, SERR-43";
    ProfileNoWriteRight = 40008, Permanent, "no right to write this field", "PROF-30, PROF-68, SERR-43";
    ProfileTagUnknown = 40009, Permanent, "there is no such field", "PROF-68, SERR-43";
    ProfileValueTooLong = 40601, Permanent, "the value is too long", "SERR-44";
    LegacySetReadFailed = 40602, Retryable, "legacy set: reading the stored data failed", "LEG-60";
    LegacySetFieldIllegal = 40603, Permanent, "legacy set: unknown field", "LEG-61, LEG-23";
    LegacySetLengthIllegal = 40604, Permanent, "legacy set: a value is too long", "LEG-62, LEG-78";
    ProfileValueNotAllowed = 40605, Permanent, "this value is not allowed", "PROF-34, SERR-45, LEG-63";
    LegacySetStoreFailed = 40606, Retryable, "legacy set: storing failed", "LEG-64";
    LegacySetCustomFieldIllegal = 40607, Permanent, "legacy set: unknown custom field", "LEG-65";
    LegacySetCustomLengthIllegal = 40608, Permanent, "legacy set: a custom value is too long", "LEG-66";
    LegacySetCustomStoreFailed = 40609, Retryable, "legacy set: storing custom data failed", "LEG-67";
    ProfileValueTypeWrong = 40610, Permanent, "the value has the wrong type", "SERR-45";
    LegacyGetFieldIllegal = 40801, Permanent, "legacy get: illegal field in the request", "LEG-3, LEG-68";
    LegacyGetFailed = 40802, Retryable, "legacy get: reading failed", "LEG-69";
    LegacyGetParseFailed = 40803, Permanent, "legacy get: parsing failed", "LEG-70";
    LegacyGetTagIllegal = 40804, Permanent, "legacy get: unknown field", "LEG-71, LEG-23";
    LegacyGetCustomFailed = 40805, Retryable, "legacy get: reading custom data failed", "LEG-72";
    LegacyGetCustomLengthIllegal = 40806, Permanent, "legacy get: a custom field name is too long", "LEG-73";
    LegacyGetKeyMissing = 40807, Permanent, "legacy get: the main key does not exist", "LEG-74";
    LegacyGetReadFailed = 40808, Retryable, "legacy get: reading standard data failed", "LEG-75";
    LegacyGetCustomKeyMissing = 40809, Permanent, "legacy get: the custom main key does not exist", "LEG-74";
    LegacyGetCustomReadFailed = 40810, Retryable, "legacy get: reading stored custom data failed", "LEG-75";
    LegacyGetAccountInvalid = 40811, Permanent, "legacy get: the account list is wrong", "LEG-76, LEG-78";

    // Server: conversations
    ConversationAccountUnknown = 50001, Permanent, "the account is unknown", "CONV-131";
    ConversationParameterInvalid = 50002, Permanent, "a parameter of the conversation call is wrong", "CONV-131, SES-79";
    ConversationServerError = 50004, Retryable, "internal error of the conversation service", "CONV-131, SES-83";
    ConversationTimeout = 50005, Retryable, "the conversation service did not answer in time", "CONV-131, SES-83";
    ConversationCountInvalid = 51006, Permanent, "too many or no conversations in one call", "CONV-3, CONV-132";
    ConversationNoRight = 51007, Permanent, "no right to that group conversation", "CONV-66, CONV-132";
    ConversationSetFull = 51008, Permanent, "too many conversations in the group or mark", "CONV-7, CONV-132";
    ConversationGroupUnknown = 51009, Permanent, "there is no such conversation group", "CONV-112 to CONV-115, CONV-133";
    TooManyConversationGroups = 51010, Permanent, "too many conversation groups", "CONV-6, CONV-133";
    ConversationGroupNameTooLong = 51011, Permanent, "the name of the conversation group is empty or too long", "CONV-6, CONV-133";
    TooManyPinnedConversations = 51012, Permanent, "too many pinned conversations", "CONV-4, CONV-133";

    // Server: requests in general and the admin REST API
    RequestUrlInvalid = 60002, Permanent, "wrong URL or method", "RST-2, RST-10";
    RequestNotJson = 60003, Permanent, "the body is not JSON", "RST-10";
    RequestAccountInvalid = 60004, Permanent, "the account in URL or body is wrong", "RST-11";
    RequestCredentialInvalid = 60005, Permanent, "the credential in URL or body is wrong", "RST-11";
    RequestAppUnknown = 60006, Permanent, "the app ID is unknown", "RST-12";
    CommandTooFrequent = 60007, Retryable, "too many calls of this command", "RST-101, RST-13";
    ServerTimeout = 60008, Retryable, "the server did not finish in time", "RST-102, RST-13";
    CommandUnknown = 60009, Permanent, "there is no such command", "RST-13";
    AdminNeeded = 60010, Permanent, "only an app administrator may do this", "RST-4, RST-14";
    AppTooFrequent = 60011, Retryable, "too many calls of this app", "RST-13";
    RequestAppMissing = 60012, Permanent, "the app ID is missing", "RST-12";
    Reserved60013 = 60013, Permanent, "reserved by the source for its own infrastructure", "RST-15";
    Reserved60014 = 60014, Permanent, "reserved by the source for its own infrastructure", "RST-15";
    AccountNotAString = 60015, Permanent, "the account is not a string", "RST-14";
    AppDisabled = 60016, Permanent, "the app is disabled", "RST-15";
    Reserved60017 = 60017, Permanent, "reserved by the source for its own infrastructure", "RST-15";
    RequestsTooFrequent = 60018, Retryable, "too many requests", "SES-80, RST-15";
    Reserved60019 = 60019, Permanent, "reserved by the source for its own infrastructure", "RST-15";
    ServiceStopped = 60020, Retryable, "the service is switched off", "SES-11, SES-81, RST-15";
    ServiceOverloaded = 60022, Retryable, "the service is overloaded", "SES-81";

    // Server: accounts and credentials
    CredentialExpired = 70001, NeedsUser, "the credential expired", "SES-11, SES-82, SERR-30, RST-25";
    CredentialEmpty = 70002, NeedsUser, "the credential is empty", "SERR-30, RST-25";
    CredentialMalformed = 70003, NeedsUser, "the credential is malformed", "SES-82, SERR-30, RST-25";
    CredentialMalformedOther = 70005, NeedsUser, "the credential is malformed (second number)", "SERR-30";
    CredentialKeyWrong = 70009, NeedsUser, "the signature of the credential is wrong", "SES-82, SERR-31, RST-25";
    CredentialOtherUser = 70013, NeedsUser, "the credential is of another user", "SES-82, SERR-31, RST-25";
    CredentialOtherApp = 70014, NeedsUser, "the credential is of another app", "SES-82, SERR-31, RST-25";
    CredentialNoKey = 70016, NeedsUser, "there is no key for this app", "SERR-31";
    AppUnknown = 70020, NeedsUser, "the app ID is unknown", "SERR-32";
    TooManyFailedLogins = 70050, Retryable, "too many failures; wait a minute", "SES-11, SERR-33, RST-25";
    AccountBanned = 70051, NeedsUser, "the account is banned", "SES-11, SES-48, SERR-33";
    CredentialRevoked = 70052, NeedsUser, "the credential was revoked", "SERR-33, RST-25, RST-35";
    AccountUnknown = 70107, NeedsUser, "the account does not exist", "SES-11, SES-48, SERR-34, PRES-61";
    SecurityRefused = 70114, NeedsUser, "refused for security", "SERR-34";
    AccountTimeout = 70169, Retryable, "the account service did not answer in time", "SES-83, SERR-35";
    AccountBatchInvalid = 70206, Permanent, "wrong number of accounts in one call", "SERR-36, RST-31";
    AccountQuotaExceeded = 70398, Permanent, "the quota of accounts is used up", "SERR-36, RST-30";
    AccountParameterInvalid = 70402, Permanent, "a parameter of the account call is wrong", "SES-79, SERR-36";
    AccountAdminNeeded = 70403, Permanent, "only an administrator may do this", "RST-4, SERR-36";
    AccountInternalError = 70500, Retryable, "internal error of the account service", "SES-83, SERR-35";
    PresenceOff = 72001, Permanent, "presence is switched off", "PRES-42, PRES-60, SERR-37";
    AccountTooFrequent = 72010, Retryable, "too many account requests", "SES-11, SES-80";
    DoNotDisturbOff = 72011, Permanent, "global do-not-disturb is switched off", "CONV-73, CONV-135";
    ProfileSubscriptionOff = 72012, Permanent, "profile subscription is switched off", "SERR-37";

    // Server: content
    TextRefused = 80001, Permanent, "the text was refused", "MSG-47, MSG-100, SERR-78";
    MessageTooLarge = 80002, Permanent, "the message is larger than allowed", "OBJ-1, MSG-42";
    ContentHookFailed = 80003, Permanent, "the content check of the deployer failed or refused", "MSG-48";
    ImageRefused = 80004, Permanent, "the image was refused", "MSG-47, MSG-100";
    ServiceDeactivated = 80005, NeedsUser, "the service is deactivated", "SES-81";

    // Server: admin REST API, messages
    ChatJsonBroken = 90001, Permanent, "the JSON is broken or a list is empty", "RST-40, RST-91";
    ChatBodyInvalid = 90002, Permanent, "the message body does not fit the format", "RST-91";
    ChatReceiverMissing = 90003, Permanent, "no receiver was given", "RST-40, RST-91";
    ChatRandomMissing = 90005, Permanent, "no random number was given", "RST-91";
    ChatTimeNotANumber = 90006, Permanent, "the time stamp is not a number", "RST-91";
    ChatBodyNotAList = 90007, Permanent, "the message body is not a list", "RST-91";
    ChatAdminNeeded = 90009, Permanent, "only an administrator may do this", "RST-4, RST-91";
    ChatElementInvalid = 90010, Permanent, "an element of the message body is wrong", "RST-91";
    ChatTooManyReceivers = 90011, Permanent, "too many receivers in one call", "RST-40, RST-91";
    ChatReceiverUnknown = 90012, Permanent, "the receiver does not exist", "RST-91";
    ChatLifeTimeInvalid = 90026, Permanent, "the offline life of the message is out of range", "RST-110, RST-91";
    ChatSyncNotANumber = 90031, Permanent, "the sync switch is not a number", "RST-91";
    ChatLifeTimeNotANumber = 90044, Permanent, "the offline life of the message is not a number", "RST-91";
    ChatAccountInvalid = 90048, Permanent, "the account of the request is not valid", "RST-91";
    ChatInternalError = 90992, Retryable, "internal error of the admin message service", "RST-91";
    ChatInternalErrorStore = 90994, Retryable, "internal error of the admin message service (second number)", "RST-91";
    ChatInternalErrorRoute = 90995, Retryable, "internal error of the admin message service (third number)", "RST-91";
    ChatServiceError = 91000, Retryable, "the admin message service failed", "RST-91";
    ChatMessageTooLarge = 93000, Permanent, "the message is larger than allowed", "RST-103, RST-91";
}
