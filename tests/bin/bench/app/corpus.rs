//! What a long-standing colleague has on disk: 1 000 000 messages in 500 conversations, one of them with
//! 100 000, in English and Chinese. The same on every machine.

use std::collections::VecDeque;

use hallway_client::measure::{Filled, LocalCopy};
use hallway_client::{CacheKey, Config, ServerAddress};
use hallway_protocol::group::{Group, GroupType, InviteOption, JoinOption, Member, MemberRole};
use hallway_protocol::message::{Message, MessageStatus, Payload, Quote};
use hallway_protocol::session::DeviceClass;
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, GroupId, MessageId, UserId};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::Dice;

/// Changes when what is written changes.
pub const VERSION: &str = "3";
/// App id of the account.
pub const APP_ID: u32 = 1;
/// Nobody answers here: the app finds itself without a network.
pub const SERVER: &str = "127.0.0.1:1";
/// Whose copy it is.
pub const ME: &str = "morgan";

/// How many conversations.
pub const CONVERSATIONS: usize = 500;
const MESSAGES: usize = 1_000_000;
const LONG: usize = 100_000;
/// As many as conversations, so that no two of those with one person are the same.
const PEOPLE: usize = CONVERSATIONS;
pub(super) const MEMBERS: usize = 12;
/// When the newest message of all was written: 2026-05-29, so that no label says "today".
pub(super) const END: i64 = 1_780_000_000;
/// Between the newest messages of two conversations next to each other in the list, in seconds.
const APART: i64 = 2_400;

/// Place in the list of the conversation with 100 000 messages.
pub const LONG_PLACE: usize = 0;
/// Place in the list of the one that is open at the start.
pub const OPEN_PLACE: usize = 1;

/// The name of the conversation at a place of the list.
pub fn conversation(place: usize) -> Outcome<ConversationId> {
    if is_group(place) {
        let id: GroupId = format!("team{place}").parse().doing("a group id")?;
        Ok(ConversationId::Group(id))
    } else {
        Ok(ConversationId::C2c(person(place % PEOPLE)?.user_id))
    }
}

fn is_group(place: usize) -> bool {
    // The two that are measured are groups, with names and avatars beside the messages.
    place < 2 || place % 5 < 2
}

/// How a client comes to the copy under `data_dir`.
pub fn config(data_dir: std::path::PathBuf, cache_key: CacheKey) -> Config {
    Config {
        app_id: APP_ID,
        server: ServerAddress { address: SERVER.into(), pin: None, plain: true, proxy_server: None },
        data_dir,
        cache_key,
        device_class: DeviceClass::Desktop,
        client_version: "bench".into(),
        send_timeout: None,
    }
}

/// Writes the copy under `data_dir`; how many bytes its index has.
pub async fn write(data_dir: std::path::PathBuf, cache_key: CacheKey) -> Outcome<u64> {
    let config = config(data_dir, cache_key);
    let me = profile(ME, "Morgan Lee")?;
    let copy = LocalCopy::create(&config, me, "Northwind").await.doing("making the copy")?;
    for place in 0..CONVERSATIONS {
        copy.add(talk(place)?).await.doing("writing a conversation")?;
    }
    let bytes = copy.index().await.doing("writing the index")?;
    copy.close().await;
    Ok(bytes)
}

/// The conversation at a place of the list, with its messages.
pub fn talk(place: usize) -> Outcome<Filled<impl Iterator<Item = Message> + Send + 'static>> {
    let me = profile(ME, "Morgan Lee")?;
    let usual = (MESSAGES - LONG) / (CONVERSATIONS - 1);
    let left_over = (MESSAGES - LONG) % (CONVERSATIONS - 1);
    let count = match place {
        LONG_PLACE => LONG,
        place => usual + usize::from(place <= left_over),
    };
    let mut dice = Dice::new(0x48_61_6c_6c + place as u64);
    let id = conversation(place)?;
    let (group, user, people) = if is_group(place) {
        let members: Vec<Profile> =
            (0..MEMBERS).map(|i| person((place * 7 + i * 31) % PEOPLE)).collect::<Outcome<_>>()?;
        let group = group(&id, &mut dice, &members);
        (Some(group), None, members)
    } else {
        let peer = person(place % PEOPLE)?;
        (None, Some(peer.clone()), vec![peer])
    };
    // The two that are measured have nothing unread: they open at their end, each time.
    let unread = if place < 2 || dice.percent(70) { 0 } else { 1 + dice.below(40) as u64 };
    let messages = Talk {
        id: id.clone(),
        me: me.clone(),
        people,
        dice,
        end: END - APART * place as i64,
        next: 1,
        count,
        recent: VecDeque::new(),
        blank: blank(&id, &me)?,
    };
    Ok(Filled { id, group, user, unread, messages })
}

pub(super) fn profile(id: &str, nick: &str) -> Outcome<Profile> {
    Ok(Profile {
        user_id: id.parse::<UserId>().doing("a user id")?,
        nick: nick.into(),
        avatar: String::new(),
        is_admin: false,
        is_disabled: false,
        version: 1,
    })
}

pub(super) fn person(number: usize) -> Outcome<Profile> {
    let nick = if number.is_multiple_of(3) {
        let (family, given) = (FAMILIES[number % FAMILIES.len()], GIVEN[number / 3 % GIVEN.len()]);
        format!("{family}{given}")
    } else {
        format!("{} {}", FIRST[number % FIRST.len()], LAST[number / 7 % LAST.len()])
    };
    profile(&format!("person{number}"), &nick)
}

pub(super) fn group(id: &ConversationId, dice: &mut Dice, people: &[Profile]) -> (Group, Vec<Member>) {
    let name = match dice.below(3) {
        0 => format!("{}{}", chinese(dice, 3), "项目组"),
        1 => format!("{} {}", LAST[dice.below(LAST.len())], WORDS[dice.below(WORDS.len())]),
        _ => format!("Team {}", WORDS[dice.below(WORDS.len())]),
    };
    let members: Vec<Member> = people
        .iter()
        .enumerate()
        .map(|(place, person)| Member {
            user_id: person.user_id.clone(),
            nick: person.nick.clone(),
            avatar: String::new(),
            role: if place == 0 { MemberRole::Owner } else { MemberRole::Member },
            join_time: END - 40_000_000,
            name_card: String::new(),
            mute_until: 0,
            member_custom_field: Vec::new(),
            modification: 1,
            gone: false,
        })
        .collect();
    let ConversationId::Group(group_id) = id.clone() else { unreachable!("asked for groups only") };
    let group = Group {
        group_id,
        group_type: GroupType::Work,
        name,
        introduction: String::new(),
        notification: String::new(),
        avatar: String::new(),
        owner_id: people.first().map(|person| person.user_id.clone()),
        create_time: END - 40_000_000,
        last_info_time: END - 40_000_000,
        info_sequence: 1,
        modification: 1,
        member_count: MEMBERS as u32 + 1,
        max_member_count: 6_000,
        mute_all_members: false,
        join_option: JoinOption::DisableApply,
        invite_option: Some(InviteOption::FreeAccess),
        group_custom_field: Vec::new(),
        is_support_topic: false,
        next_message_seq: 0,
        last_message: None,
        self_info: None,
    };
    (group, members)
}

pub(super) fn blank(id: &ConversationId, me: &Profile) -> Outcome<Message> {
    serde_json::from_value(serde_json::json!({
        "id": "1-1-1", "conversation_id": id, "from": me.user_id, "time": 1,
        "kind": "text", "payload": { "text": "" },
    }))
    .doing("a message")
}

/// The messages of one conversation, oldest first.
struct Talk {
    id: ConversationId,
    me: Profile,
    people: Vec<Profile>,
    dice: Dice,
    end: i64,
    next: usize,
    count: usize,
    recent: VecDeque<Quote>,
    blank: Message,
}

impl Iterator for Talk {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        if self.next > self.count {
            return None;
        }
        let sequence = self.next as u64;
        self.next += 1;
        let dice = &mut self.dice;
        let (number, from) = match dice.percent(25) {
            true => (1, &self.me),
            false => {
                let place = dice.below(self.people.len());
                (place + 2, self.people.get(place)?)
            }
        };
        // Some three minutes from one to the next, the last one at `end`.
        let time = self.end - (self.count as i64 - sequence as i64) * 170 - dice.below(160) as i64;
        let mut text = words(dice);
        let mut at_user_list = Vec::new();
        if matches!(self.id, ConversationId::Group(_)) && dice.percent(6) {
            let mentioned = dice.pick(&self.people)?;
            text = format!("@{} {text}", mentioned.nick);
            at_user_list.push(mentioned.user_id.to_string());
        }
        let reply_to = if dice.percent(8) { dice.pick(self.recent.make_contiguous()).cloned() } else { None };
        let message = Message {
            id: MessageId::new(number as i64, time, dice.roll() as u32),
            from: from.user_id.clone(),
            nick: from.nick.clone(),
            time,
            sequence,
            modification: sequence,
            ord: sequence,
            payload: Payload::text(text.as_str()),
            status: MessageStatus::Success,
            at_user_list,
            reply_to,
            modified_time: dice.percent(2).then_some(time + 30),
            ..self.blank.clone()
        };
        self.recent.push_back(Quote {
            id: message.id.clone(),
            sequence,
            from: message.from.clone(),
            nick: message.nick.clone(),
            summary: text.lines().next().unwrap_or_default().chars().take(200).collect(),
        });
        if self.recent.len() > 30 {
            self.recent.pop_front();
        }
        Some(message)
    }
}

/// A text as people write them: mostly a line, sometimes a paragraph or two, now and then a link or an emoji.
fn words(dice: &mut Dice) -> String {
    let is_chinese = dice.percent(45);
    let length = match dice.below(100) {
        0..60 => 2 + dice.below(12),
        60..92 => 10 + dice.below(35),
        _ => 40 + dice.below(90),
    };
    let mut text = if is_chinese { chinese(dice, length * 2) } else { english(dice, length) };
    match dice.below(100) {
        0..4 => text.push_str(" 👍"),
        4..6 => text = ["😀", "🎉🎉", "好的👌", "Thanks! 🙏"][dice.below(4)].into(),
        6..9 => text.push_str(&format!(" https://intranet.example/tickets/{}", dice.below(90_000))),
        9..14 => text = format!("{text}\n{}", english(dice, 8)),
        _ => {}
    }
    text
}

fn english(dice: &mut Dice, count: usize) -> String {
    let mut text = String::new();
    let mut begins = true;
    for place in 0..count {
        let word = WORDS[dice.below(WORDS.len())];
        if begins {
            text.extend(word.chars().next().map(|first| first.to_ascii_uppercase()));
            text.push_str(&word[1..]);
        } else {
            text.push_str(word);
        }
        begins = place + 1 == count || dice.below(11) == 0;
        text.push_str(if begins { ". " } else { " " });
    }
    text.trim_end().to_owned()
}

fn chinese(dice: &mut Dice, count: usize) -> String {
    let all: &[char] = HAN.get_or_init(|| CHARACTERS.chars().collect());
    let mut text = String::new();
    for place in 0..count {
        text.push(all[dice.below(all.len())]);
        if place + 1 < count && dice.below(9) == 0 {
            text.push(if dice.percent(70) { '，' } else { '。' });
        }
    }
    text
}

static HAN: std::sync::OnceLock<Vec<char>> = std::sync::OnceLock::new();

const FIRST: [&str; 20] = [
    "Anna", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana", "Karl", "Lena", "Milo",
    "Nora", "Otto", "Pia", "Quinn", "Rosa", "Sven", "Tara",
];
const LAST: [&str; 16] = [
    "Berger",
    "Costa",
    "Duval",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hughes",
    "Ivanova",
    "Jensen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Rossi",
];
const FAMILIES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: [&str; 14] =
    ["伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "建国", "晓明", "志远"];
const WORDS: [&str; 120] = [
    "the",
    "report",
    "is",
    "ready",
    "please",
    "look",
    "at",
    "it",
    "before",
    "noon",
    "we",
    "moved",
    "meeting",
    "to",
    "Thursday",
    "because",
    "room",
    "was",
    "taken",
    "I",
    "will",
    "send",
    "you",
    "numbers",
    "after",
    "lunch",
    "customer",
    "asked",
    "for",
    "another",
    "invoice",
    "with",
    "right",
    "address",
    "server",
    "had",
    "short",
    "outage",
    "this",
    "morning",
    "and",
    "everything",
    "works",
    "again",
    "can",
    "somebody",
    "check",
    "whether",
    "backup",
    "ran",
    "last",
    "night",
    "thanks",
    "that",
    "helps",
    "a",
    "lot",
    "let",
    "me",
    "know",
    "if",
    "there",
    "are",
    "questions",
    "about",
    "new",
    "contract",
    "draft",
    "shared",
    "folder",
    "under",
    "projects",
    "deadline",
    "next",
    "week",
    "should",
    "be",
    "fine",
    "but",
    "not",
    "sure",
    "yet",
    "who",
    "takes",
    "over",
    "support",
    "from",
    "Monday",
    "on",
    "team",
    "design",
    "review",
    "looks",
    "good",
    "small",
    "changes",
    "in",
    "second",
    "chapter",
    "delivery",
    "arrives",
    "Friday",
    "between",
    "nine",
    "eleven",
    "call",
    "supplier",
    "price",
    "went",
    "up",
    "by",
    "four",
    "percent",
    "budget",
    "still",
    "holds",
    "see",
    "notes",
    "of",
    "yesterday",
];
const CHARACTERS: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严首底液官德随病苏失尔死讲配女黄推显谈罪神艺呢席含企望密批营项防举球英氧势告李台落木帮轮破亚师围注远字材排供河态封另施减树溶怎止案言士均武固叶鱼波视仅费紧爱左章早朝害续轻服试食充兵源判护司足某练差致板田降黑犯负击范继兴似余坚曲输修故城夫够送笔船占右财吃富春职觉汉画功巴跟虽杂飞检吸助升阳互初创抗考投坏策古径换未跑留钢曾端责站简述钱副尽帝射草冲承独令限阿宣环双请超微让控州良轴找否纪益依优顶础载倒房突坐粉敌略客袁冷胜绝析块剂测丝协诉念陈仍罗盐友洋错苦夜刑移频逐靠混母短皮终聚汽村云哪既距卫停烈央察烧迅境若印洲刻括激孔搞甚室待核校散侵吧甲游久菜味旧模湖货损预阻毫普稳乙妈植息扩银语挥酒守拿序纸医缺雨吗针刘啊急唱误训愿审附获茶鲜粮斤孩脱硫肥善龙演父渐血欢械掌歌沙刚攻谓盾讨晚粒乱燃矛乎杀药宁鲁贵钟煤读班伯香介迫句丰培握兰担弦蛋沉假穿执答乐谁顺烟缩征脸喜松脚困异免背星福买染井概慢怕磁倍祖皇促静补评翻肉践尼衣宽扬棉希伤操垂秋宜氢套督振架亮末宪庆编牛触映雷销诗座居抓裂胞呼娘景威绿晶厚盟衡鸡孙延危胶屋乡临陆顾掉呀灯岁措束耐剧玉赵跳哥季课凯胡额款绍卷齐伟蒸殖永宗苗川炉岩弱零杨奏沿露杆探滑镇饭浓航怀赶库夺伊灵税途灭赛归召鼓播盘裁险康唯录菌纯借糖盖横符私努堂域枪润幅哈竟熟虫泽脑壤碳欧遍侧寨敢彻虑斜薄庭纳弹饲伸折麦湿暗荷瓦塞床筑恶户访塔奇透梁刀旋迹卡氯遇份毒泥退洗摆灰彩卖耗夏择忙铜献硬予繁圈雪函亦抽篇阵阴丁尺追堆雄迎泛爸楼避谋吨野猪旗累偏典馆索秦脂潮爷豆忽托惊塑遗愈朱替纤粗倾尚痛楚谢奋购磨君池旁碎骨监捕弟暴割贯殊释词亡壁顿宝午尘闻揭炮残冬桥妇警综招吴付浮遭徐您摇谷赞箱隔订男吹园纷唐败宋玻巨耕坦荣闭湾键凡驻锅救恩剥凝碱齿截炼麻纺禁废盛版缓净睛昌婚涉筒嘴插岸朗庄街藏姑贸腐奴啦惯乘伙恢匀纱扎辩耳彪臣亿璃抵脉秀萨俄网舞店喷纵寸汗挂洪贺闪柬爆烯津稻墙软勇像滚厘蒙芳肯坡柱荡腿仪旅尾轧冰贡登黎削钻勒逃障氨郭峰币港伏轨亩毕擦莫刺浪秘援株健售股岛甘泡睡童铸汤阀休汇舍牧绕炸哲磷绩朋淡尖启陷柴呈徒颜泪稍忘泵蓝拖洞授镜辛壮锋贫虚弯摩泰幼廷尊窗纲弄隶疑氏宫姐震瑞怪尤琴循描膜违夹腰缘珠穷森枝竹沟催绳忆邦剩幸浆栏拥牙贮礼滤钠纹罢拍咱喊袖埃勤罚焦潜伍墨欲缝姓刊饱仿奖铝鬼丽跨默挖链扫喝袋炭污幕诸弧励梅奶洁灾舟鉴苯讼抱毁懂寒智埔寄届跃渡挑丹艰贝碰拔爹戴码梦芽熔赤渔哭敬颗奔铅仲虎稀妹乏珍申桌遵允隆螺仓魏锐晓氮兼隐碍赫拨忠肃缸牵抢博巧壳兄杜讯诚碧祥柯页巡矩悲灌龄伦票寻桂铺圣恐恰郑趣抬荒腾贴柔滴猛阔辆妻填撤储签闹扰紫砂递戏吊陶伐喂疗瓶婆抚臂摸忍虾蜡邻胸巩挤偶弃槽劲乳邓吉仁烂砖租乌舰伴瓜浅丙暂燥橡柳迷暖牌秧胆详簧踏瓷谱呆宾糊洛辉愤竞隙怒粘乃绪肩籍敏涂熙皆侦悬掘享纠醒狂锁淀恨牲霸爬赏逆玩陵祝秒浙貌役彼悉鸭趋凤晨畜辈秩卵署梯炎滩棋驱筛峡冒啥寿译浸泉帽迟硅疆贷漏稿冠嫩胁芯牢叛蚀奥鸣岭羊凭串塘绘酵融盆锡庙筹冻辅摄袭筋拒僚旱钾鸟漆沈眉疏添棒穗硝韩逼扭侨凉挺碗栽炒杯患馏劝豪辽勃鸿旦吏拜狗埋辊掩饮搬骂辞勾扣估蒋绒雾丈朵姆拟宇辑陕雕偿蓄崇剪倡厅咬驶薯刷斥番赋奉佛浇漫曼扇钙桃扶仔返俗亏腔鞋棱覆框悄叔撞骗勘旺沸孤吐孟渠屈疾妙惜仰狠胀谐抛霉桑岗嘛衰盗渗脏赖涌甜曹阅肌哩厉烃纬毅昨伪症煮叹钉搭茎笼酷偷弓锥恒杰坑鼻翼纶叙狱逮罐络棚抑膨蔬寺骤穆冶枯册尸凸绅坯牺焰轰欣晋瘦御锭锦丧旬锻垄搜扑邀亭酯迈舒脆酶闲忧酚顽羽涨卸仗陪辟惩杭姚肚捉飘漂昆欺吾郎汁呵饰萧雅邮迁燕撒姻赴宴烦债帐斑铃旨醇董饼雏姿拌傅腹妥揉贤拆歪葡胺丢浩徽昂垫挡览贪慰缴汪慌冯诺姜谊凶劣诬耀昏躺盈骑乔溪丛卢抹闷咨刮驾缆悟摘铒掷颇幻柄惠惨佳仇腊窝涤剑瞧堡泼葱罩霍捞胎苍滨俩捅湘砍霞邵萄疯淮遂熊粪烘宿档戈驳嫂裕徙箭捐肠撑晒辨殿莲摊搅酱屏疫哀蔡堵沫皱畅叠阁莱敲辖钩痕坝巷饿祸丘玄溜曰逻彭尝卿妨艇吞韦怨矮歇";
