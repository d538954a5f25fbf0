//! What the people of the sample say in the open question. All people, numbers and addresses are invented.

use super::chain::{Mood, Place};

const DELIGHTED: &[&str] = &[
    "蔬菜水果很新鲜，价格也公道",
    "自助收银方便，不用再排队",
    "员工热情，问什么都耐心说",
    "离家近，东西齐全，常来",
    "新区的店重新布置以后好逛多了👍",
    "Fresh fruit, friendly staff.",
];

const CONTENT: &[&str] = &[
    "总体还可以，希望多些进口水果",
    "周末人多，通道有点挤",
    "会员积分不知道怎么用",
    "停车位再多一些就好了",
    "促销价签有时没换",
    "没有意见",
];

const ANNOYED: &[&str] = &[
    "退货要找三个人签字，太麻烦",
    "叶菜下午就蔫了，还不打折",
    "标价和收银的价格不一样",
    "货架常常缺货，问了也没人知道",
    "打电话投诉没有人回",
];

const QUEUE: &[&str] = &[
    "傍晚结账排了二十多分钟，只开三个收银台",
    "南城的店什么时候也装自助收银？",
    "排队时店员还让我给五分好评",
    "收银台太少，冷冻的东西都化了",
];

const LATE: &[&str] = &[
    "说好一小时送到，等了三个小时",
    "送来的鸡蛋碎了一半，客服让我自己到店换",
    "配送老是迟到，也不打电话说一声",
    "满减凑单的小单子送得特别慢",
];

/// Texts with personal data: documents must mask them.
pub const PERSONAL: &[&str] = &[
    "多扣了钱，请联系我 13800002345 谢谢",
    "我是刘秀英，电话139-0000-6789，想反映配送的事",
    "请回复到 zhang.wei@example.com，我有建议",
    "会员卡M00012的积分没到账，本人赵国强 13700003456",
];

/// Texts that fit a person; those in trouble speak of nothing else.
pub fn suitable(mood: Mood, place: Place) -> &'static [&'static str] {
    match mood {
        _ if place.queue() => QUEUE,
        _ if place.late() => LATE,
        Mood::Delighted => DELIGHTED,
        Mood::Content => CONTENT,
        Mood::Annoyed => ANNOYED,
    }
}
