# 快捷键表中各操作的名称：`action-<id>`。

action-group-navigation = 切换与定位
action-group-chats = 聊天与群聊
action-group-messages = 消息
action-group-writing = 输入
action-group-app = 应用

action-quick-switcher = 快速切换聊天
action-previous-chat = 上一个聊天
action-next-chat = 下一个聊天
action-previous-unread = 上一个未读聊天
action-next-unread = 下一个未读聊天
action-back = 后退
action-forward = 前进
action-latest = 最新消息
action-next-region = 窗口的下一区域
action-previous-region = 窗口的上一区域
action-close = 关闭，然后标为已读
action-new-chat = 发起聊天
action-new-group = 创建群聊
action-contacts = 通讯录
action-side-panel = 详情
action-mark-all-read = 全部标为已读
action-reply = 回复
action-edit = 编辑
action-copy = 复制
action-delete = 为我删除
action-edit-last = 编辑你的上一条消息
action-reply-older = 回复更早的消息
action-reply-newer = 回复更新的消息
action-settings = 设置
action-shortcuts = 键盘快捷键
action-zoom-in = 放大
action-zoom-out = 缩小
action-zoom-reset = 恢复默认大小
action-quit = 退出
