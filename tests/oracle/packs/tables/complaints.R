# complaints: one row a complaint.

phone <- c("电话", "热线", "phone", "telephone", "hotline")
online <- c("网络", "网站", "应用", "微信", "邮件", "online", "web", "app", "wechat", "email", "e-mail")
in_person <- c("当面", "现场", "门店", "in person", "shop", "store", "on site")
in_writing <- c("信函", "书面", "意见簿", "意见箱", "letter", "in writing", "complaint book", "suggestion box")
authority <- c("12315", "12345", "消协", "主管部门", "媒体", "authority", "consumer association", "press")
one_of <- function(values, set) ifelse(is.na(values), NA, tolower(values) %in% set)

pack <- list(
  classes = c(received = "character", as_of = "character", first_reply = "character", due = "character",
    settled = "character", satisfied = "logical", returned = "logical", upheld = "logical", repeated = "logical",
    cost = "numeric", channel = "character"),
  metrics = function(d) with(d, {
    closed <- !is.na(settled)
    in_time <- (moment(settled) <= moment(due)) %in% TRUE
    was_due <- moment(due) <= moment(as_of)
    list(
      complaints_settled = share(closed, !is.na(received)),
      complaints_settled_in_time = share(in_time, was_due),
      complaints_overdue = share(!closed, was_due),
      complaints_satisfied = share(satisfied, closed),
      complaints_satisfied_of_received = share(closed & satisfied, !is.na(received)),
      complaints_returned = share(returned, closed),
      complaints_returned_if_satisfied = share(returned, closed & satisfied),
      complaints_returned_if_dissatisfied = share(returned, closed & !satisfied),
      complaints_returned_of_received = share(closed & returned, !is.na(received)),
      complaints_reply_24h = share((hours(received, first_reply) <= 24) %in% TRUE, hours(received, as_of) >= 24),
      complaints_hours_to_reply = quantile_of(hours(received, first_reply), 0.5),
      complaints_days_to_settle = quantile_of(days(received, settled), 0.5),
      complaints_days_to_settle_p90 = quantile_of(days(received, settled), 0.9),
      complaints_upheld = share(upheld),
      complaints_repeated = share(repeated),
      complaints_cost = average(cost),
      complaints_by_phone = share(one_of(channel, phone)),
      complaints_online = share(one_of(channel, online)),
      complaints_in_person = share(one_of(channel, in_person)),
      complaints_in_writing = share(one_of(channel, in_writing)),
      complaints_by_authority = share(one_of(channel, authority)),
      complaints_other_channel = share(!one_of(channel, c(phone, online, in_person, in_writing, authority))))
  }),
  cases = list(
    case("a month of complaints with open, late and unanswered ones",
      "Rows 10 and 11 are not due yet; row 9 came in 12 hours before the table was drawn; row 12 has nothing but its day.",
"received,            as_of,      first_reply,         due,        settled,             satisfied, returned, upheld, repeated, cost, channel
2026-11-02 09:00:00, 2026-12-01, 2026-11-02 10:30:00, 2026-11-17, 2026-11-05 09:00:00, TRUE,  TRUE,  TRUE,  FALSE, 120,  电话
2026-11-03 14:00:00, 2026-12-01, 2026-11-04 14:00:00, 2026-11-18, 2026-11-18,          TRUE,  TRUE,  FALSE, FALSE, 0,    微信
2026-11-05 08:00:00, 2026-12-01, 2026-11-07 08:00:00, 2026-11-20, 2026-11-20 00:00:01, FALSE, FALSE, TRUE,  TRUE,  300,  热线
2026-11-06 16:00:00, 2026-12-01, ,                    2026-11-21, ,                    ,      ,      ,      TRUE,  ,     12315
2026-11-07,          2026-12-01, 2026-11-07 20:00:00, 2026-11-22, 2026-11-10,          TRUE,  FALSE, TRUE,  ,      45.5, 门店
2026-11-09 11:00:00, 2026-12-01, 2026-11-09 11:15:00, 2026-11-24, 2026-11-30 11:00:00, FALSE, ,      TRUE,  FALSE, 80,   意见簿
2026-11-10 10:00:00, 2026-12-01, 2026-11-11 09:00:00, 2026-11-25, 2026-11-12 10:00:00, ,      TRUE,  FALSE, FALSE, 0,    电话
2026-11-12 10:00:00, 2026-12-01, 2026-11-12 13:00:00, 2026-11-27, 2026-11-14 16:00:00, FALSE, TRUE,  ,      FALSE, 60,   App
2026-11-30 12:00:00, 2026-12-01, 2026-11-30 18:00:00, 2026-12-15, ,                    ,      ,      ,      FALSE, ,     当面
2026-11-20 10:00:00, 2026-12-01, 2026-11-20 19:00:00, 2026-12-05, 2026-11-24 10:00:00, TRUE,  TRUE,  TRUE,  FALSE, 20,   传真
2026-11-25 10:00:00, 2026-12-01, ,                    2026-12-10, ,                    ,      ,      ,      TRUE,  ,     Hotline
2026-11-28,          ,           ,                    ,           ,                    ,      ,      ,      ,      ,     "),
    case("nothing settled so far",
      "0 of n: the interval is Clopper-Pearson's. Nobody can be satisfied with a settlement that is not there.",
"received,   as_of,      due,        satisfied
2026-11-02, 2026-12-01, 2026-11-10,
2026-11-04, 2026-12-01, 2026-11-12,
2026-11-09, 2026-12-01, 2026-11-17,
2026-11-20, 2026-12-01, 2026-12-28, TRUE",
      missing = c("complaints_satisfied", "complaints_returned", "complaints_days_to_settle")),
    case("weights, where only a sample of the files was read",
      "Every large claim was read (weight 1) and one in four of the small ones (weight 4); n stays the number of rows.",
"received,   as_of,      due,        settled,    satisfied, returned, cost
2026-11-01, 2026-12-01, 2026-11-16, 2026-11-20, FALSE,     FALSE,    5200
2026-11-02, 2026-12-01, 2026-11-17, 2026-11-12, TRUE,      TRUE,     3100
2026-11-03, 2026-12-01, 2026-11-18, 2026-11-07, TRUE,      TRUE,     40
2026-11-04, 2026-12-01, 2026-11-19, 2026-11-06, TRUE,      FALSE,    25
2026-11-05, 2026-12-01, 2026-11-20, ,           ,          ,         ,
2026-11-06, 2026-12-01, 2026-11-21, 2026-11-13, FALSE,     TRUE,     60
2026-11-07, 2026-12-01, 2026-11-22, 2026-11-09, TRUE,      ,         30", weights = c(1, 1, 4, 4, 4, 4, 4))))
