# Hallway 应用的简体中文文本。简洁，不用感叹号。

app-name = Hallway

## The way in: start, join, sign in, unlock

welcome-title = 欢迎使用 Hallway
welcome-subtitle = 团队沟通，运行在你们自己的服务器上。
welcome-start = 在这台电脑上创建工作区
welcome-start-about = 这台电脑就是服务器，由你邀请其他人。
welcome-join = 加入工作区
welcome-join-about = 你有邀请链接，或者服务器地址和账号。
welcome-back = 返回
welcome-start-title = 创建工作区
welcome-workspace = 工作区名称
welcome-workspace-default = 我们的工作区
welcome-nick = 你的姓名
welcome-nick-missing = 请输入其他人看到的姓名。
welcome-user-id = 用户 ID
welcome-user-id-about = 用于登录，由字母和数字组成，之后不能更改。
welcome-user-id-bad = 请使用 1 到 32 个字母、数字或符号，不能包含汉字。
welcome-password = 密码
welcome-password-missing = 请输入密码。
welcome-password-short = 至少 { $count } 个字符。
welcome-network = 允许局域网内的其他电脑连接
welcome-network-about = 关闭时，只有这台电脑上的程序可以连接。
welcome-start-action = 创建工作区
welcome-find-title = 加入工作区
welcome-link = 邀请链接或服务器地址
welcome-link-placeholder = hallway://join/… 或 chat.example.org
welcome-proxy-use = 通过代理连接
welcome-proxy = 代理
welcome-proxy-placeholder = proxy.example.org:3128
welcome-link-broken = 邀请链接不完整。请重新完整复制。
welcome-address-bad = 请输入邀请链接，或 chat.example.org、10.0.0.5:7290 这样的服务器地址。
welcome-find-action = 继续
welcome-join-title = 加入 { $workspace }
welcome-server = 服务器 { $address }
welcome-join-action = 加入
welcome-has-account = 我已有账号
welcome-sign-in-title = 登录 { $workspace }
welcome-sign-in-action = 登录
welcome-has-invite = 用邀请创建新账号
welcome-trust-title = 这是你们的服务器吗？
welcome-trust-about = { $address } 使用自己的证书。请向管理员索取指纹并完整核对，一致后再继续。
welcome-trust-action = 一致，继续
welcome-passphrase-new-title = 保护你的消息
welcome-passphrase-new-about = 这台电脑没有密钥环。请设置口令来加密保存在本机的消息。每次启动时需要输入，遗忘后无法恢复。
welcome-passphrase-title = 解锁消息
welcome-passphrase-about = 请输入保护本机消息的口令。
welcome-passphrase = 口令
welcome-passphrase-repeat = 再次输入口令
welcome-passphrase-missing = 请输入口令。
welcome-passphrase-short = 至少 { $count } 个字符。
welcome-passphrase-differs = 两次输入的口令不一致。
welcome-passphrase-new-action = 设置并继续
welcome-passphrase-action = 解锁
welcome-workspace-exists = 这台电脑上已有工作区，请登录。
welcome-busy-starting = 正在创建工作区…
welcome-busy-looking = 正在查找服务器…
welcome-busy-entering = 正在登录…

## What went wrong beyond an error code

problem-no-network = 找不到服务器。请检查地址和网络。
problem-unreachable = 无法连接服务器。请确认服务器正在运行、地址正确。
problem-timeout = 服务器没有及时响应。请重试。
problem-not-hallway = 该地址不是 Hallway 服务器。请检查地址。
problem-other-certificate = 服务器的证书与之前不同。请不要继续，先向管理员确认是否更换过证书。
problem-proxy = 代理不允许 Hallway 通过（{ $reason }）。请联系代理管理员放行该服务器。
problem-proxy-address = 代理地址不正确。请使用 proxy.example.org:3128 这样的形式（仅支持无需密码的 HTTP 代理）。
problem-plain = 未加密的连接只能在本机使用。
problem-address = 地址格式不正确。请使用 chat.example.org 或 10.0.0.5:7290 这样的格式。
problem-port-taken = 工作区的端口被本机其他程序占用。请关闭该程序后重试。
problem-workspace = 工作区无法启动：{ $reason }
problem-no-keyring = 这台电脑没有可以保存密钥的密钥环。请改用口令。
problem-keyring-away = 保存密钥的密钥环不可用。请解锁密钥环，或重新登录系统。
problem-key-lost = 本机消息的密钥已丢失，无法再读取。请重新登录，从服务器获取消息。
problem-passphrase-needed = 本机消息受口令保护。
problem-wrong-passphrase = 口令不正确。请重试。
problem-key-file = 保存密钥的文件已损坏或无法读取。请重新登录，从服务器获取消息。

## Settings

settings-title = 设置
settings-close = 关闭设置
settings-appearance = 外观
settings-notices = 通知
settings-account = 账号
settings-devices = 设备
settings-invite = 邀请成员
settings-about = 关于
settings-theme = 主题
settings-theme-system = 跟随系统
settings-theme-light = 浅色
settings-theme-dark = 深色
settings-theme-contrast = 高对比度
settings-language = 语言
settings-language-system = 跟随系统
settings-zoom = 文字和控件大小
settings-zoom-reset = 恢复 100 %
settings-software = 不使用显卡绘制
settings-software-about = 占用内存更少，下次启动时生效。
settings-notices-enabled = 显示通知
settings-notices-about = 你没有在看的聊天收到消息时提醒。免打扰的聊天不会提醒。
settings-notices-previews = 在通知中显示消息内容
settings-notices-previews-about = 关闭后只显示发信人或群组名称。
settings-notices-unsupported = Hallway 无法在此系统上显示通知。
settings-save = 保存
settings-saved = 已保存
settings-copy = 复制
settings-copied = 已复制
settings-loading = 正在加载…
settings-retry = 重试
settings-nick-long = 最多 { $count } 个字符。
settings-password = 密码
settings-password-old = 当前密码
settings-password-new = 新密码
settings-password-about = 更改后，其他设备会退出登录。
settings-password-action = 更改密码
settings-password-changed = 密码已更改，其他设备已退出登录。
settings-connection = 连接
settings-proxy-about = 留空则直接连接。
settings-sign-out = 退出登录
settings-sign-out-about = 消息会加密保留在这台电脑上，重新登录后可以继续查看。
settings-stay = 保持登录
settings-devices-about = 你登录的所有位置。请结束不认识或不再使用的会话。
settings-device-unnamed = 未命名的电脑
settings-device-this = 本设备
settings-device-online = 在线
settings-device-seen = 上次在线 { $time }
settings-device-end = 结束会话
settings-invite-about = 一个链接供一人在 { $workspace } 创建账号，请勿转发给其他人。
settings-invite-admin = 设为管理员
settings-invite-admin-about = 可以邀请成员并管理工作区。
settings-invite-action = 生成邀请链接
settings-invite-copy = 复制链接
settings-invite-expires = 有效期至 { $time }
settings-log = 日志
settings-log-about = Hallway 在这台电脑上记录的运行信息，绝不包含聊天内容。
settings-log-everything = 全部
settings-log-key = 关键信息
settings-log-warnings = 警告
settings-log-errors = 错误
settings-log-silent = 不记录
settings-version = 版本 { $version }
settings-workspace = 工作区
settings-server = 服务器
settings-hosted = 这台电脑就是工作区的服务器。Hallway 打开时其他人才能连接。
settings-not-hosted = 消息保存在你们组织的服务器上，并加密保存在这台电脑上。

## Directory

directory-title = 通讯录
directory-close = 关闭通讯录
directory-search = 搜索联系人
directory-invite = 邀请
directory-failed = 无法加载通讯录
directory-nobody = 没有找到
directory-nobody-about = 试试姓名的其他部分。
directory-you = 你

## Quick switcher

switcher-placeholder = 转到聊天或联系人
switcher-hint = @ 联系人 · # 群聊 · > 操作
switcher-nothing = 没有找到
switcher-person = 发起聊天

## Command line and start

args-help =
    用法：hallway [--profile 名称] [hallway://join/…]

      --profile 名称     使用单独的配置：另一个账号，另一套设置。
      hallway://join/…   用这个邀请链接加入工作区。
      --help             显示本说明。
      --version          显示版本。
args-unknown = 未知选项：{ $option }
args-no-profile = --profile 后面需要名称。
args-bad-profile = “{ $name }”不能作为配置名称。请使用字母、数字、- 和 _，最多 64 个。
args-bad-link = 邀请链接不完整。请从第一个字符到最后一个字符重新复制。
start-no-display =
    这里没有显示器（DISPLAY 和 WAYLAND_DISPLAY 都未设置），无法打开窗口。
    请在桌面会话中启动 Hallway。没有显示器时，可在源代码目录运行 ./dev demo 查看效果。
start-no-folder = 系统没有提供存放程序数据的文件夹。请设置 XDG_DATA_HOME 或 HOME 后重试。
start-folder = 无法使用文件夹 { $folder }：{ $reason }
start-no-window = 无法打开窗口：{ $reason }
start-crashed =
    窗口无法打开，或因故障关闭。请检查 DISPLAY 或 WAYLAND_DISPLAY 指定的显示器是否可用。
    配置文件夹中的日志记录了出错位置。没有显示器时，可在源代码目录运行 ./dev demo 查看效果。

## Days and times

time-today = 今天
time-yesterday = 昨天
time-monday = 星期一
time-tuesday = 星期二
time-wednesday = 星期三
time-thursday = 星期四
time-friday = 星期五
time-saturday = 星期六
time-sunday = 星期日
time-january = 1月
time-february = 2月
time-march = 3月
time-april = 4月
time-may = 5月
time-june = 6月
time-july = 7月
time-august = 8月
time-september = 9月
time-october = 10月
time-november = 11月
time-december = 12月
time-date = { $month }{ $day }日 { $weekday }
time-date-year = { $year }年{ $month }{ $day }日

## People in sentences

you-subject = 你
you-object = 你
names-two = { $a }和{ $b }
names-three = { $a }、{ $b }和{ $c }
names-more = { $a }、{ $b }等 { $count } 人

## Kinds of messages, tips and notices

kind-image = [图片]
kind-voice = [语音 { $time }]
kind-video = [视频]
kind-file = [文件] { $name }
kind-custom = [自定义消息]
kind-sticker = [贴纸]
kind-sticker-named = [贴纸] { $name }
kind-location = [位置]
kind-record = [聊天记录]
kind-tip = [提示]
recalled-later = 你撤回了一条消息，联网后对方可见
recalled-by-you = 你撤回了一条消息
recalled-by = { $who }撤回了一条消息
tip-joined = { $names }加入了群聊
tip-added = { $who }邀请{ $names }加入了群聊
tip-left = { $names }退出了群聊
tip-removed = { $who }将{ $names }移出了群聊
tip-admin = { $who }将{ $names }设为管理员
tip-no-admin = { $who }取消了{ $names }的管理员身份
tip-muted = { $who }禁言了{ $names }
tip-unmuted = { $who }解除了{ $names }的禁言
tip-banned = { $who }封禁了{ $names }
tip-unbanned = { $who }解除了{ $names }的封禁
tip-name = { $who }将群名改为“{ $name }”
tip-introduction = { $who }修改了群简介
tip-notice = { $who }修改了群公告：{ $notice }
tip-notice-removed = { $who }删除了群公告
tip-picture = { $who }修改了群头像
tip-owner = { $who }将群主转让给{ $owner }
tip-mute-all = { $who }开启了全员禁言
tip-unmute-all = { $who }关闭了全员禁言
tip-join-option = { $who }修改了加群方式
tip-invite-option = { $who }修改了邀请方式
tip-other = 群聊有变动
notice-join-request = { $who }申请加入{ $group }
notice-join-accepted = 你已获准加入{ $group }
notice-join-rejected = 你加入{ $group }的申请被拒绝
notice-kicked = { $who }将你移出了{ $group }
notice-dismissed = { $who }解散了{ $group }
notice-created = 你创建了群聊{ $group }
notice-invited = { $who }邀请你加入了{ $group }
notice-quit = 你退出了{ $group }
notice-admin = 你已成为{ $group }的管理员
notice-no-admin = 你不再是{ $group }的管理员
notice-invite-request = { $who }邀请你加入{ $group }
notice-invite-accepted = { $who }接受了你加入{ $group }的邀请
notice-invite-rejected = { $who }拒绝了你加入{ $group }的邀请
notice-invite-approval = { $who }想邀请他人加入{ $group }
notice-banned = { $who }将你封禁于{ $group }
notice-unbanned = { $who }解除了你在{ $group }的封禁
notice-note = “{ $note }”
notice-spoken = { $time }：{ $text }
notice-other = { $group }有变动

## List of conversations

system-conversation = 群通知
chats = 聊天
directory = 通讯录
switcher = 快速跳转
settings = 设置
rail-me = { $name } · { $workspace }
new = 新建
new-chat = 发起聊天
new-group = 创建群聊
start-chat = 发起聊天
list-search = 搜索聊天和联系人
list-empty = 还没有聊天
list-empty-text = 给别人发条消息，或等别人联系你。
list-spoken =
    { $count ->
        [0] { $name }：{ $text }
       *[other] { $name }，{ $count } 条未读：{ $text }
    }
notice-new = 新消息
notice-several = { $count } 条新消息
notice-everywhere = { $chats } 个聊天中有 { $count } 条新消息
notice-open = 打开
preview-draft = [草稿]
preview-failed = [未发送]
preview-at-me = [有人@我]
preview-at-all = [@所有人]
preview-you = 你：{ $text }
preview-from = { $who }：{ $text }
mark-read = 标为已读
mark-unread = 标为未读
pin = 置顶
unpin = 取消置顶
mute = 消息免打扰
unmute = 取消免打扰
mark-all-read = 全部标为已读
copy-id = 复制 ID
clear-history = 清空聊天记录
leave-group = 退出群聊
delete-conversation = 删除聊天
net-connecting = 正在连接…
net-offline = 已离线。可以继续阅读和书写，消息稍后发送。
net-syncing = 正在同步：{ $done } / { $of }

## Timeline

timeline-unread = 新消息
timeline-start-person = 这是你与{ $name }聊天的开始。
timeline-start-group = 这是{ $name }的开始。
timeline-start-system = 工作区会在这里通知与你有关的事。
timeline-failed = 无法读取消息
hole-loading =
    { $count ->
       *[other] 正在加载 { $count } 条消息…
    }
hole-failed = 加载失败
jump-latest = 最新消息
jump-mention = 提到你的消息
jump-return = 回到刚才的位置
message-spoken = { $who }，{ $time }：{ $text }
message-edited = 已编辑
message-not-sent = 未发送。
message-unsupported = 不支持的消息（{ $kind }）
quote-recalled = 消息已撤回
quote-spoken = 转到{ $who }的消息
state-sending = 发送中
state-sent = 已发送
state-delivered = 已送达
state-read = 已读
reply = 回复
copy = 复制
copy-code = 复制代码
code-more = 显示全部 { $count } 行
code-less = 收起
copy-json = 复制 JSON
edit = 编辑
edit-again = 重新编辑
recall = 撤回
recall-too-late = 已超过撤回时间
delete-for-me = 仅为我删除
delete = 删除
retry = 重试
more = 更多
header-members =
    { $count ->
       *[other] { $count } 位成员
    }
back = 返回
panel-toggle = 详情
hint-switcher = 跳转到聊天
hint-new-chat = 发起聊天
hint-shortcuts = 全部快捷键

## Composer

composer-placeholder = 发消息给{ $name }
composer-editing = 正在编辑
receivers-choose = 仅部分成员可见…
receivers-title = 仅部分成员可见
receivers-about = 选择谁能看到你发送的内容，群内其他人看不到。
receivers-only = 仅{ $names }可见
receivers-done = 确定
receivers-change = 更改
receivers-clear = 恢复所有人可见
composer-reply = 回复{ $name }
send = 发送
save-change = 保存修改
emoji = 表情
emoji-search = 搜索表情
emoji-recent = 最近使用
emoji-none = 没有找到表情
emoji-smileys = 笑脸
emoji-hands = 手势与人物
emoji-hearts = 爱心与庆祝
emoji-nature = 动物、植物、天气
emoji-food = 食物与饮料
emoji-places = 地点与运动
emoji-things = 物品
emoji-signs = 符号与旗帜
stickers = 贴纸
sticker-search = 搜索贴纸
sticker-none = 没有找到贴纸
sticker-away = 连接后将加载贴纸
mention-all = 所有人
mention-all-about = { $count } 位成员
cannot-write-system = 这里只有工作区可以发消息。
cannot-write-left = 你已不在此群聊中。
cannot-write-disabled = 该账号已停用。
cannot-write-muted-all = 仅管理员可以发言。
cannot-write-muted = 你被禁言至 { $time }。

## 语音消息

voice-record = 录制语音消息
voice-recording = 正在录音，{ $time }
voice-limit = 最长 { $time }
voice-pause = 暂停
voice-go-on = 继续录音
voice-full = 最长十分钟
voice-listen = 试听
voice-stop-listening = 停止试听
voice-discard = 放弃录音
voice-waits = 发给{ $name }的录音还没有发送。请先发送或放弃。
voice-play = 播放
voice-pause-message = 暂停
voice-fetching = 正在获取语音
voice-unheard = 未播放
voice-speed = 速度 { $speed }
flagged = 已被内容审核拦下
voice-to-text = 转文字
voice-turning = 正在转文字…
voice-no-words = 没有识别到文字
voice-not-fetched = 无法获取语音。
voice-unplayable = 无法在此播放该语音。
voice-not-built = 这个版本的 Hallway 不含声音功能。
voice-no-device = 未找到麦克风。请连接后重试。
voice-no-speaker = 未找到扬声器。请连接后重试。
voice-refused = 系统不允许 Hallway 使用声音设备。请在系统设置中允许。
voice-busy = 声音设备正被其他程序使用。请关闭该程序后重试。
voice-broken = 声音设备无法工作（{ $reason }）。请重试。
ask-discard-voice-title = 放弃这段 { $time } 的录音？
ask-discard-voice-text = 录下的内容将会丢失。

## Side panel and dialogs

panel-group = 群聊
panel-person = 联系人
panel-admin = 工作区管理员
panel-members = 成员（{ $count }）
panel-all = 显示全部 { $count } 位
panel-search = 搜索成员
panel-loading = 正在加载…
panel-empty = 无
panel-edit = 修改：{ $field }
panel-too-long = 最多 { $most } 个字符。
panel-you = 你
role-owner = 群主
role-admin = 管理员
group-name = 群名称
group-name-long = 最多 { $most } 个字符。
group-notice = 群公告
group-introduction = 群简介
write-message = 发消息
remove-member = 移出群聊
remove-name = 移出{ $name }
add-members = 添加成员
add-count =
    { $count ->
        [0] 添加
       *[other] 添加 { $count } 人
    }
members-left-out =
    { $count ->
       *[other] { $count } 人未能添加。
    }
members-pending =
    { $count ->
       *[other] { $count } 人待批准后加入。
    }
new-group-people = 群里有谁？
new-group-alone = 目前只有你。以后可以再添加成员。
new-group-members = 成员：{ $names }
create-group = 创建群聊
people-search = 搜索联系人
people-failed = 无法加载联系人
people-none-title = 没有人
people-none = 没有叫这个名字的人。
people-none-yet = 这里还没有其他人。
people-unchoose = 不选{ $name }
next = 下一步
save = 保存
cancel = 取消
close = 关闭
open-link = 打开链接
ask-delete-title = 删除与“{ $name }”的聊天？
ask-delete-text = 它将从你的列表中移除，消息会在你的所有设备上删除。其他人的不受影响。
ask-clear-title = 清空“{ $name }”的聊天记录？
ask-clear-text = 所有消息会在你的所有设备上删除。其他人的不受影响。
ask-leave-title = 退出“{ $name }”？
ask-leave-text = 你仍可阅读之前的消息。要再次加入，需由成员邀请。
ask-recall-title = 撤回这条消息？
ask-recall-text = 所有人都将看不到它，但会看到你撤回了一条消息。
recall-message = 撤回消息
ask-delete-message-title = { $count ->
    [1] 为你删除这条消息？
   *[other] 为你删除 { $count } 条消息？
}
ask-delete-message-text = 它会从你的所有设备上消失。其他人仍可看到。
delete-messages = { $count ->
    [1] 删除消息
   *[other] 删除 { $count } 条消息
}
ask-remove-title = 将{ $name }移出群聊？
ask-remove-text = 对方保留之前的消息，不再收到新消息。
ask-all-read-title = 全部标为已读？
ask-all-read-text = 之后所有聊天都不再有未读。
ask-browse-title = 打开 { $host } 的网页？
ask-notify-title = 通知 { $count } 人？
ask-notify-text = 群里所有人都会收到这条消息的提醒。

## What could not be done

failed-list = 无法加载聊天列表。
failed-open = 无法打开聊天。
failed-send = 消息无法发送。
failed-resend = 消息无法重新发送。
failed-edit = 消息无法修改。
failed-recall = 消息无法撤回。
failed-delete-message = 消息无法删除。
failed-delete-conversation = 聊天无法删除。
failed-clear-history = 聊天记录无法清空。
failed-remove-member = 无法移出成员。
failed-setting = 设置无法更改。
failed-leave = 无法退出群聊。

## List of shortcuts

shortcuts-title = 键盘快捷键
shortcuts-search = 搜索快捷键
shortcuts-close = 关闭

## The session and the window

workspace-not-started = 本机的工作区未能启动。
browse-failed = 无法打开浏览器。请复制链接。
kicked-elsewhere = 你登录的设备过多，此设备已退出。
kicked-device = 你在另一类设备上登录，此设备已退出。
kicked-expired = 登录已过期，请重新登录。
kicked-ended = 此会话已被结束，请重新登录。

## Folders of conversations

folder-add = 添加到文件夹
folder-all = 全部
folder-new = 新建文件夹
folder-new-more = 新建文件夹…
folder-rename = 重命名文件夹
folder-delete = 删除文件夹
folder-create = 创建文件夹
folder-save = 保存
folder-name = 名称
folder-name-long = 名称太长，请换一个短一些的名称。
folder-empty = 此文件夹为空
folder-empty-text = 右键点击聊天，选择“添加到文件夹”。
ask-delete-folder-title = 删除文件夹“{ $name }”？
ask-delete-folder-text = 其中的聊天会保留在列表中。

## Do not disturb

quiet = 勿扰模式
quiet-on = 勿扰模式
quiet-until = 勿扰至 { $time }
quiet-until-tomorrow = 勿扰至明天 { $time }
quiet-off = 关闭勿扰模式
quiet-half-hour = 30 分钟
quiet-hour = 1 小时
quiet-tomorrow = 至明天 { $time }
quiet-for-ever = 直到手动关闭

## Searching messages

search-title = 搜索消息
search-placeholder = 搜索消息
search-next = 下一条结果
search-previous = 上一条结果
search-here = 当前聊天
search-everywhere = 所有聊天
search-anybody = 任何人
search-from = 来自 { $name }
search-me = 我
search-any-kind = 任何类型
search-kind-text = 文字
search-kind-media = 图片和视频
search-kind-file = 文件
search-kind-voice = 语音消息
search-kind-location = 位置
search-kind-record = 聊天记录
search-any-time = 任何时间
search-today = 今天
search-days = 最近 { $count } 天
search-year = 最近一年
search-idle = 输入你记得的内容：一句话中的几个字、名称或数字。
search-loading = 正在搜索…
search-nothing = 没有找到结果
search-found = { $count } 条消息
search-found-about = 约 { $count } 条消息
search-found-chats = { $count } 个聊天
search-about = 约 { $count }
search-incomplete = 更早的消息仍在准备中，暂时无法搜索。
search-open-group = 显示此聊天中的全部结果
search-group-spoken = { $name }：{ $count }
search-more = 显示更多

## Pictures, films and files

bytes-b = { $count } B
bytes-kb = { $count } KB
bytes-mb = { $count } MB
bytes-gb = { $count } GB
left-seconds = 剩余 { $count } 秒
left-minutes = 剩余 { $count } 分钟
left-hours = 剩余 { $count } 小时
transfer-short = { $here } / { $total }
transfer-speed = { $speed }/秒
transfer-paused = 已暂停 · { $progress }
transfer-waiting = 等待发送
attach = 添加
attach-media = 图片或视频
attach-file = 文件
attach-title = 发送给 { $name }
attach-as-files = 作为文件发送
attach-compress = 压缩图片
attach-compress-about = 发送更快。关闭则发送原图，但不含拍摄地点。
attach-caption = 说明
attach-total = { $count } 项 · { $size }
attach-more = 继续添加
attach-earlier = 上移
attach-remove = 移除
attach-too-many = 一次最多 { $most } 个文件，未添加其余 { $count } 个。
clipboard-picture = 粘贴的图片
drop-title = 松开即可发送给 { $name }
drop-text = 下一步选择：作为图片或文件发送
failed-attach = 无法发送“{ $name }”。
failed-picture = 找不到下一张图片
failed-download = 无法下载。
failed-open-file = 此电脑上没有可打开该文件的程序。
failed-file-gone = 文件已不在原处，请重新保存。
failed-copy = 无法复制图片。
picture-copied = 图片已复制
picture-failed = 无法显示
open-picture = 打开图片
cancel-upload = 取消发送
file-spoken = 文件 { $name }
download = 下载
pause = 暂停
resume = 继续
show-in-folder = 在文件夹中显示
save-as = 另存为…
open = 打开
open-anyway = 仍要打开
open-with-system = 用其他程序打开
play-video = 播放视频
ask-program-title = 打开“{ $name }”？
ask-program-text = 此文件是程序，可以读取或更改您能访问的一切。仅在您了解它并信任发送者时才打开。
loading = 正在加载…
viewer-place = 第 { $place } 张，共 { $count } 张
viewer-before = 上一张
viewer-after = 下一张
viewer-turn = 旋转
# Choosing several messages, and sending them on.
forward = 转发
select = 多选
picked = { $count ->
    [0] 未选择
   *[other] 已选择 { $count } 条
}
forward-title = { $count ->
    [1] 转发消息
   *[other] 转发 { $count } 条消息
}
forward-search = 搜索会话和同事
forward-most = 一次最多选择 { $most } 个。
forward-merged = 合并为一份聊天记录
forward-note = 附言
forward-more = 另有 { $count } 条
forwarded = { $count ->
    [1] 已转发。
   *[other] 已转发到 { $count } 个会话。
}
record-title = { $names }的聊天记录
record-compatible = [聊天记录] 请更新应用后查看。

# Reactions.
react = 回应
react-with = 用 { $sign } 回应
reaction-spoken = { $who }回应了 { $sign }
reaction-people = { $count } 人
failed-react = 回应未能保存。

# Pinned messages.
pin-message = 置顶消息
unpin-message = 取消置顶
pinned = 由{ $who }置顶
pinned-of = 置顶消息 { $number }/{ $count }
failed-pin = 置顶未能更改。

# Who has read, who writes, who is meant.
read-by = 查看已读…
readers = 已读情况
readers-count = { $read }/{ $all } 已读
readers-everybody = 全部已读
readers-read = { $count } 人已读
readers-unread = { $count } 人未读
reactors = 回应 { $sign } 的人
readers-none = 还没有人读过。
readers-all = 所有人都已读。
readers-loading = 正在加载…
readers-more = 显示更多
typing-one = 正在输入…
typing = { $count ->
   *[other] { $names }正在输入…
}
only-for = 仅发送者和{ $names }可见

# Translations and previews of links.
translate = 翻译
translate-hide = 隐藏译文
translated = 译文
translating = 正在翻译…
failed-translate = 消息无法翻译。
preview-remove = 移除链接预览
preview-open = 打开 { $site }
failed-remove-preview = 预览未能移除。

# Cards: contacts, places, polls, lists, what other programs send.
new-contact = 发送名片
contact-words = [名片] { $name }
contact-write = 发消息
custom-about = 由其他程序发送。
place-unnamed = 位置
place-open = 在地图中打开
new-place = 发送位置
place-name = 名称或地址
place-latitude = 纬度
place-longitude = 经度
new-poll = 新建投票
poll-question = 问题
poll-option-name = 选项 { $number }
poll-several = 允许多选
poll-votes = { $count ->
    [0] 还没有人投票
   *[other] { $count } 人已投票
}
poll-option = { $option }，{ $count } 票
poll-words = [投票] { $question }
new-list = 新建报名
list-title = 报名内容
list-places-name = 名额（留空表示不限）
list-words = [报名] { $title }
list-on = 我要报名
list-off = 取消报名
list-people = { $count ->
    [0] 还没有人报名
   *[other] { $count } 人已报名
}
list-places = 名额 { $count }/{ $most }
list-more = 另有 { $count } 人
list-waiting = { $name }（候补）
failed-answer = 你的回答未能保存。

# Chat records.
record = 聊天记录
record-count = 聊天记录 · { $count } 条
record-too-deep = 嵌套过深，无法显示
record-open = 打开{ $title }
record-search = 搜索此聊天记录
record-failed = 无法加载此聊天记录
record-loading = 正在加载…
record-none = 未找到消息
record-none-about = 请换个关键词试试。
