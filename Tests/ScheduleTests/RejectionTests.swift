import Testing

@testable import Schedule

@Suite("What is no schedule, with the whole sentence the user reads")
struct RejectionTests {
    /// A text, and below it the sentence; `#` begins a group.
    static let table = #"""
        # every: whole numbers with units, 1 s to 10 years
        every
            schedule "every" is not complete; write for example "every 15m"
        every 0
            duration "0" is too short; at least 1s is needed
        every -5s
            duration "-5s" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every 5 s
            schedule "every 5 s" is not understood; write "every 5s"
        every 1e3s
            duration "1e3s" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every ٣s
            schedule "every ٣s" has a character outside ASCII; write plain letters and the digits 0-9
        every 5S
            schedule "every 5S" is not understood; write "every 5s"
        every 15M
            schedule "every 15M" is not understood; write "every 15m"
        every 0.5s
            duration "0.5s" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every NaN
            duration "NaN" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every 99999999999h
            duration "99999999999h" is too large; at most 10 years (3650d) are allowed
        every 9223372036854775807s
            duration "9223372036854775807s" is too large; at most 10 years (3650d) are allowed
        every 99999999999999999999999s
            duration "99999999999999999999999s" is too large; at most 10 years (3650d) are allowed
        every 3651d
            duration "3651d" is too large; at most 10 years (3650d) are allowed
        every 1ms
            duration "1ms" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every 0m
            duration "0m" is too short; at least 1s is needed
        every 30m1h
            duration "30m1h" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every 5m5m
            duration "5m5m" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every 1w
            schedule "every 1w" is not understood; write "every 7d"
        every 5m daily
            schedule "every 5m" does not take "daily"
        # daily: HH:MM, two digits each
        daily
            schedule "daily" is not complete; write for example "daily 03:00"
        daily 24:00
            time "24:00" is not a time of day; write 00:00 for the midnight that begins a day
        daily 25:00
            time "25:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each
        daily 9:5
            time "9:5" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each
        daily 09:60
            time "09:60" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each
        daily 0900
            schedule "daily 0900" is not understood; write "daily 09:00"
        daily ９:00
            schedule "daily ９:00" has a character outside ASCII; write plain letters and the digits 0-9
        daily -1:00
            time "-1:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each
        daily 03:00,
            schedule "daily 03:00," is not understood; write "daily 03:00"
        daily 03:00, 15:00
            schedule "daily 03:00, 15:00" is not understood; write "daily 03:00,15:00"
        daily 03:00 15:00
            schedule "daily 03:00 15:00" is not understood; write "daily 03:00,15:00"
        Daily 03:00
            schedule "Daily 03:00" is not understood; write "daily 03:00"
        # weekly: days, then times
        weekly 03:00
            schedule "weekly" is not complete; write for example "weekly mon,thu 03:00"
        weekly mon
            schedule "weekly mon" is not understood; write "weekly mon 03:00"
        weekly mon-fri 03:00
            schedule "weekly mon-fri 03:00" is not understood; write "weekly mon,tue,wed,thu,fri 03:00"
        weekly monday 03:00
            schedule "weekly monday 03:00" is not understood; write "weekly mon 03:00"
        weekly mon 03:00 UTC
            schedule "weekly mon 03:00" does not take "UTC"
        # monthly: one day, then times
        monthly 0 03:00
            day "0" is not a day of the month; write one number from 1 to 31, or last (for several days: "cron 0 3 1,15 * *")
        monthly 32 03:00
            day "32" is not a day of the month; write one number from 1 to 31, or last (for several days: "cron 0 3 1,15 * *")
        monthly 1,15 03:00
            schedule "monthly 1,15 03:00" is not understood; write "cron 0 3 1,15 * *"
        monthly L 03:00
            day "L" is not a day of the month; write one number from 1 to 31, or last (for several days: "cron 0 3 1,15 * *")
        monthly 1
            schedule "monthly" is not complete; write for example "monthly 1 03:00"
        # cron: how many fields
        cron
            cron has 0 fields; write 5 (minute hour day-of-month month day-of-week) or 6 (second first)
        cron * * * *
            cron has 4 fields; write 5 (minute hour day-of-month month day-of-week) or 6 (second first)
        cron * * * * * * *
            cron has 7 fields, the second first with a year, which has no place here; write "cron * * * * * *"
        # cron: what a field takes
        cron 60 * * * *
            minute "60" is outside 0-59
        cron */0 * * * *
            minute step "0" is outside 1-60
        cron 1,,2 * * * *
            minute "1,,2" has an empty item; write values with single commas between them
        cron 1- * * * *
            minute "1-" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron /5 * * * *
            minute "/5" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron */-1 * * * *
            minute "*/-1" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron a * * * *
            minute "a" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron */61 * * * *
            minute step "61" is outside 1-60
        cron 1-5/2-3 * * * *
            minute "1-5/2-3" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron -1 * * * *
            minute "-1" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron 1,2, * * * *
            minute "1,2," has an empty item; write values with single commas between them
        cron 99999999999999999999 * * * *
            minute "99999999999999999999" is outside 0-59
        cron * 24 * * *
            hour "24" is outside 0-23
        cron * * 0 * *
            day-of-month "0" is outside 1-31
        cron * * 32 * *
            day-of-month "32" is outside 1-31
        cron * * * 13 *
            month "13" is outside 1-12
        cron * * * FOO *
            month "FOO" is not a value; write 1-12 or a name such as DEC, *, a list a,b, a range a-b, a step */n or H
        cron * * * JAN-FOO *
            month "JAN-FOO" has the unknown name "FOO"; write 1-12 or a name such as DEC, *, a list a,b, a range a-b, a step */n or H
        cron * * * * 8
            day-of-week "8" is outside 0-7
        cron * * * * MON#6
            day-of-week "MON#6" names no week; write # and a number from 1 to 5, as in MON#2
        cron * * * * MON#
            day-of-week "MON#" names no week; write # and a number from 1 to 5, as in MON#2
        cron * * * * L
            day-of-week "L" does not say which day; write 6 for Saturday, or 5L for the month's last Friday
        cron * * * * 15W
            day-of-week "15W" is not for this field; L, LW and 15W are for day-of-month, 5L and MON#2 for day-of-week
        cron * L * * *
            hour "L" is not for this field; L, LW and 15W are for day-of-month, 5L and MON#2 for day-of-week
        cron * * 5L * *
            day-of-month "5L" is not for this field; L, LW and 15W are for day-of-month, 5L and MON#2 for day-of-week
        cron * * L-3 * *
            day-of-month "L-3" is not a value; write 1-31, *, a list a,b, a range a-b, a step */n or H, L, LW or 15W
        cron * * W * *
            day-of-month "W" is not for this field; L, LW and 15W are for day-of-month, 5L and MON#2 for day-of-week
        cron * * 32W * *
            day-of-month "32" is outside 1-31
        cron * * * * BARL
            day-of-week "BARL" has the unknown name "BAR"; write 0-7 or a name such as SAT, *, a list a,b, a range a-b, a step */n or H, 5L or MON#2
        cron H(5-1) * * * *
            minute "H(5-1)" runs backwards; write H(1-5)
        cron H(0-60) * * * *
            minute "60" is outside 0-59
        cron H( * * * *
            minute "H(" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron HH * * * *
            minute "HH" is not a value; write 0-59, *, a list a,b, a range a-b, a step */n or H
        cron H/0 * * * *
            minute step "0" is outside 1-60
        cron 0 0 25-L * *
            day-of-month "25-L" is not a value; write 1-31, *, a list a,b, a range a-b, a step */n or H, L, LW or 15W
        # cron: the order of other schedulers
        cron 0 9 ? * 2-6 *
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 * * MON-FRI"
        cron 0/15 8-17 ? * 2#1,6L 2026
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0/15 8-17 * * MON#1,FRIL", which runs every year: 2026 has no place here
        cron 0 9 1 * ? *
            month "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 1 * *"
        cron 0 99 ? * 2-6 *
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write *
        cron 0 9 ? * 2/2 *
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write *
        cron ? 9 * * *
            minute "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write *
        cron 0 ?/2 * * *
            hour "?/2" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write *
        cron 0 0 9 ? * 2-6 2026
            cron has 7 fields, in Quartz's order with a year, which has no place here; write "cron 0 0 9 * * MON-FRI"
        cron 0 9 ? * 2-6 2026
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 * * MON-FRI", which runs every year: 2026 has no place here
        cron 0 9 1 * ? 2026-2028,2030/2
            month "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 1 * *", which runs every year: 2026-2028,2030/2 has no place here
        cron 0 9 1 * ? 2026,2027,2028,2029,2030
            month "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 1 * *", which runs every year: a year has no place here
        cron 0 9 ? * 2-6 MON
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write *
        cron 0 9 ? * 2-6 * *
            hour "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 * * MON-FRI"
        cron 0 9 1 * ? 2026 *
            month "?" is not for this field, ? is for the days; the order here, and in Quartz, is second minute hour day-of-month month day-of-week, the second may be left out, in EventBridge minute hour day-of-month month day-of-week year; write "cron 0 9 1 * *", which runs every year: 2026 has no place here
        cron(0 9 ? * 2-6 2026)
            schedule "cron(0 9 ? * 2-6 2026)" is not understood; write "cron 0 9 * * MON-FRI", which runs every year: 2026 has no place here
        0 0 9 ? * 2-6 2026
            schedule "0 0 9 ? * 2-6 2026" is not understood; write "cron 0 0 9 * * MON-FRI", which runs every year: 2026 has no place here
        cron 0 0 9 * * ? *
            cron has 7 fields, in Quartz's order with a year, which has no place here; write "cron 0 0 9 * * *"
        cron 0 0 9 * * MON-FRI 2027
            cron has 7 fields, the second first with a year, which has no place here; write "cron 0 0 9 * * MON-FRI"
        cron */10 * * * * * *
            cron has 7 fields, the second first with a year, which has no place here; write "cron */10 * * * * *"
        cron 0 0 9 * * 2-6 *
            cron has 7 fields; write 5 (minute hour day-of-month month day-of-week) or 6 (second first); seven are second minute hour day-of-month month day-of-week year in Quartz, whose days count from Sunday = 1, and in supercronic, whose days count as here from Sunday = 0: leave out the year, and write names of days
        cron 1 2 3 4 5 6 7
            cron has 7 fields; write 5 (minute hour day-of-month month day-of-week) or 6 (second first); seven are second minute hour day-of-month month day-of-week year in Quartz, whose days count from Sunday = 1, and in supercronic, whose days count as here from Sunday = 0: leave out the year, and write names of days
        cron 0 5 * * MON 2027
            cron has 6 fields, the minute first with a year, which has no place here; write "cron 0 5 * * MON"
        cron 0 5 * * MON 2027-
            month "MON" is not a value; write 1-12 or a name such as DEC, *, a list a,b, a range a-b, a step */n or H
        0 5 * * 1 2027
            schedule "0 5 * * 1 2027" is not understood; write "cron 0 5 * * 1", which runs every year: 2027 has no place here
        # cron: never
        cron * * 31 2 *
            schedule "cron * * 31 2 *" can never fire: no month of its list has such a day
        cron * * 30 2 *
            schedule "cron * * 30 2 *" can never fire: no month of its list has such a day
        cron 0 0 31 2,4 *
            schedule "cron 0 0 31 2,4 *" can never fire: no month of its list has such a day
        cron 0 0 31W 4 *
            schedule "cron 0 0 31W 4 *" can never fire: no month of its list has such a day
        cron 0 0 H(29-31) 2 *
            schedule "cron 0 0 H(29-31) 2 *" can never fire for some values of H: no month of its list has such a day
        cron 0 0 30 H *
            schedule "cron 0 0 30 H *" can never fire for some values of H: no month of its list has such a day
        cron 0 0 31 2 */2
            schedule "cron 0 0 31 2 */2" can never fire: no month of its list has such a day
        # as people say it
        every 5 minutes
            schedule "every 5 minutes" is not understood; write "every 5m"
        daily noon
            schedule "daily noon" is not understood; write "daily 12:00"
        daily at midnight
            schedule "daily at midnight" is not understood; write "daily 00:00"
        daily 3
            schedule "daily 3" is not understood; write "daily 03:00"
        daily 9,17
            schedule "daily 9,17" is not understood; write "daily 09:00,17:00"
        daily at 3 o'clock
            schedule "daily at 3 o'clock" is not understood; write "daily 03:00"
        daily 0300
            schedule "daily 0300" is not understood; write "daily 03:00"
        daily 09.30
            schedule "daily 09.30" is not understood; write "daily 09:30"
        daily 9.30pm
            schedule "daily 9.30pm" is not understood; write "daily 21:30"
        every day at noon
            schedule "every day at noon" is not understood; write "daily 12:00"
        every 1.5h
            schedule "every 1.5h" is not understood; write "every 1h30m"
        every 1.5 hours
            schedule "every 1.5 hours" is not understood; write "every 1h30m"
        every 0.5 minutes
            schedule "every 0.5 minutes" is not understood; write "every 30s"
        every 2.25d
            schedule "every 2.25d" is not understood; write "every 2d6h"
        every 0.5 weeks
            schedule "every 0.5 weeks" is not understood; write "every 3d12h"
        weekly 1 03:00
            schedule "weekly 1 03:00" is not understood; write "weekly mon 03:00"
        weekly 0 3
            schedule "weekly 0 3" is not understood; write "weekly sun 03:00"
        weekly 1-5 0700
            schedule "weekly 1-5 0700" is not understood; write "weekly mon,tue,wed,thu,fri 07:00"
        weekly 6-7 03:00
            schedule "weekly 6-7 03:00" is not understood; write "weekly sat,sun 03:00"
        weekly mon 3
            schedule "weekly mon 3" is not understood; write "weekly mon 03:00"
        daily 24
            time "24" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each
        every 0.001s
            duration "0.001s" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        every 99999.999999h
            duration "99999.999999h" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m
        weekly 8 03:00
            day "8" is not a day of the week; write mon tue wed thu fri sat sun, with commas between them
        every 2 weeks
            schedule "every 2 weeks" is not understood; write "every 14d"
        every hour
            schedule "every hour" is not understood; write "every 1h"
        each 1 hour and 30 min
            schedule "each 1 hour and 30 min" is not understood; write "every 1h30m"
        every day at 03:00
            schedule "every day at 03:00" is not understood; write "daily 03:00"
        every monday 03:00
            schedule "every monday 03:00" is not understood; write "weekly mon 03:00"
        every weekday at 9am
            schedule "every weekday at 9am" is not understood; write "weekly mon,tue,wed,thu,fri 09:00"
        daily at 3:00
            schedule "daily at 3:00" is not understood; write "daily 03:00"
        daily 3pm and 12 am
            schedule "daily 3pm and 12 am" is not understood; write "daily 00:00,15:00"
        daily 03:00:00
            schedule "daily 03:00:00" is not understood; write "daily 03:00"
        weekly mon-fri
            schedule "weekly mon-fri" is not understood; write "weekly mon,tue,wed,thu,fri 03:00"
        weekly mon,sat-sun 3:00
            schedule "weekly mon,sat-sun 3:00" is not understood; write "weekly mon,sat,sun 03:00"
        weekly on Mondays at 07:05
            schedule "weekly on Mondays at 07:05" is not understood; write "weekly mon 07:05"
        weekends 09:00
            schedule "weekends 09:00" is not understood; write "weekly sat,sun 09:00"
        monthly 1st 03:00
            schedule "monthly 1st 03:00" is not understood; write "monthly 1 03:00"
        monthly 1,15 03:05
            schedule "monthly 1,15 03:05" is not understood; write "cron 5 3 1,15 * *"
        rate(5 minutes)
            schedule "rate(5 minutes)" is not understood; write "every 5m"
        cron(0 9 ? * 2-6 *)
            schedule "cron(0 9 ? * 2-6 *)" is not understood; write "cron 0 9 * * MON-FRI"
        cron(0/15 * * * ? *)
            schedule "cron(0/15 * * * ? *)" is not understood; write "cron 0/15 * * * *"
        0 0 9 ? * 2-6
            schedule "0 0 9 ? * 2-6" is not understood; write "cron 0 0 9 * * MON-FRI"
        cron */5 * * * * curl -fsS http://app/x
            schedule "cron */5 * * * * curl -fsS http://app/x" is not understood; write "cron */5 * * * *"
        # spellings of other schedulers
        cron @reboot
            schedule "@reboot" is not a time; give the job a schedule, and first=now makes it run at start too
        cron @fortnightly
            cron "@fortnightly" is not known; write @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly
        cron @every 5m
            schedule "cron @every 5m" is not understood; write "every 5m"
        cron daily
            schedule "cron daily" is not understood; write "cron 0 0 * * *"
        @every 5m
            schedule "@every 5m" is not understood; write "every 5m"
        @every 1h30m
            schedule "@every 1h30m" is not understood; write "every 1h30m"
        @daily
            schedule "@daily" is not understood; write "cron 0 0 * * *"
        @reboot
            schedule "@reboot" is not a time; give the job a schedule, and first=now makes it run at start too
        hourly
            schedule "hourly" is not understood; write "cron 0 * * * *"
        daily
            schedule "daily" is not complete; write for example "daily 03:00"
        15m
            schedule "15m" is not understood; write "every 15m"
        03:00
            schedule "03:00" is not understood; write "daily 03:00"
        0 5 * * *
            schedule "0 5 * * *" is not understood; write "cron 0 5 * * *"
        */5 * * * * root /usr/bin/backup
            schedule "*/5 * * * * root /usr/bin/backup" is not understood; write "cron */5 * * * *"
        30 0 5 * * 1
            schedule "30 0 5 * * 1" is not understood; write "cron 30 0 5 * * 1"
        cron 0 5 * * * /usr/bin/backup
            schedule "cron 0 5 * * * /usr/bin/backup" is not understood; write "cron 0 5 * * *"
        # other programs
        "0 3 * * *"
            schedule ""0 3 * * *"" is not understood; write "cron 0 3 * * *"
        cron '*/5 * * * *'
            schedule "cron '*/5 * * * *'" is not understood; write "cron */5 * * * *"
        - cron: '30 5 * * 1,3'
            schedule "- cron: '30 5 * * 1,3'" is not understood; write "cron 30 5 * * 1,3"
        schedule: "@hourly"
            schedule "schedule: "@hourly"" is not understood; write "cron 0 * * * *"
        daily: 03:00
            schedule "daily: 03:00" is not understood; write "daily 03:00"
        OnCalendar=*-*-* 03:00:00
            schedule "OnCalendar=*-*-* 03:00:00" is not understood; write "cron 0 3 * * *"
        Mon..Fri *-*-* 09:00
            schedule "Mon..Fri *-*-* 09:00" is not understood; write "cron 0 9 * * 1-5"
        *:0/15
            schedule "*:0/15" is not understood; write "cron 0/15 * * * *"
        *-*-01,15 04:00:00
            schedule "*-*-01,15 04:00:00" is not understood; write "cron 0 4 1,15 * *"
        OnUnitActiveSec=15min
            schedule "OnUnitActiveSec=15min" is not understood; write "every 15m"
        crontab(hour=4, minute=30)
            schedule "crontab(hour=4, minute=30)" is not understood; write "cron 30 4 * * *"
        crontab(minute=0, hour='*/3')
            schedule "crontab(minute=0, hour='*/3')" is not understood; write "cron 0 */3 * * *"
        cron hour=4
            schedule "cron hour=4" is not understood; write "cron 0 4 * * *"
        cron day_of_week='mon-fri' hour=5
            schedule "cron day_of_week='mon-fri' hour=5" is not understood; write "cron 0 5 * * 1-5"
        interval hours=2
            schedule "interval hours=2" is not understood; write "every 2h"
        CronTrigger.from_crontab('0 3 * * *')
            schedule "CronTrigger.from_crontab('0 3 * * *')" is not understood; write "cron 0 3 * * *"
        timedelta(hours=1, minutes=30)
            schedule "timedelta(hours=1, minutes=30)" is not understood; write "every 1h30m"
        @Scheduled(cron = "0 0 3 * * MON-FRI")
            schedule "@Scheduled(cron = "0 0 3 * * MON-FRI")" is not understood; write "cron 0 3 * * 1-5"
        @Scheduled(fixedRate=60000)
            schedule "@Scheduled(fixedRate=60000)" is not understood; write "every 60s"
        every 1.day, at: '4:30 am'
            schedule "every 1.day, at: '4:30 am'" is not understood; write "daily 04:30"
        every :sunday, at: '12pm'
            schedule "every :sunday, at: '12pm'" is not understood; write "weekly sun 12:00"
        every 3.hours
            schedule "every 3.hours" is not understood; write "every 3h"
        every '0 0 27-31 * *'
            schedule "every '0 0 27-31 * *'" is not understood; write "cron 0 0 27-31 * *"
        @every 5 minutes
            schedule "@every 5 minutes" is not understood; write "every 5m"
        PT1H30M
            schedule "PT1H30M" is not understood; write "every 1h30m"
        every 60000ms
            schedule "every 60000ms" is not understood; write "every 60s"
        15min
            schedule "15min" is not understood; write "every 15m"
        3am
            schedule "3am" is not understood; write "daily 03:00"
        @quarterly
            schedule "@quarterly" is not understood; write "cron 0 0 1 1,4,7,10 *"
        cron 0 3 * * MONDAY-friday
            schedule "cron 0 3 * * MONDAY-friday" is not understood; write "cron 0 3 * * 1-5"
        cron 0 3 * January,SEPTEMBER *
            schedule "cron 0 3 * January,SEPTEMBER *" is not understood; write "cron 0 3 * 1,9 *"
        cron ~ 3 * * *
            schedule "cron ~ 3 * * *" is not understood; write "cron H 3 * * *"
        cron 0~30 3 * * *
            schedule "cron 0~30 3 * * *" is not understood; write "cron H(0-30) 3 * * *"
        cron 0, 30 * * * *
            schedule "cron 0, 30 * * * *" is not understood; write "cron 0,30 * * * *"
        monthly first monday 03:00
            schedule "monthly first monday 03:00" is not understood; write "cron 0 3 * * 1#1"
        monthly last friday 03:00
            schedule "monthly last friday 03:00" is not understood; write "cron 0 3 * * 5L"
        # the rest
        fortnightly
            schedule "fortnightly" is not known; begin with every, daily, weekly, monthly or cron, such as "every 15m", "daily 03:00" or "cron 0 5 * * 1"
        off
            schedule "off" is not known; begin with every, daily, weekly, monthly or cron, such as "every 15m", "daily 03:00" or "cron 0 5 * * 1"
        Cron 0 5 * * *
            schedule "Cron 0 5 * * *" is not understood; write "cron 0 5 * * *"
        cron 0 5 * * mon-fry
            day-of-week "mon-fry" has the unknown name "fry"; write 0-7 or a name such as SAT, *, a list a,b, a range a-b, a step */n or H, 5L or MON#2
        cron 0 5 * * 1-5/9
            day-of-week step "9" is outside 1-7
        """#

    static let rows: [(String, String)] = {
        let lines = table.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return stride(from: 0, to: lines.count - 1, by: 2).map { index in
            (String(lines[index]), String(lines[index + 1].dropFirst(4)))
        }
    }()

    @Test("the table", arguments: rows)
    func rejects(_ text: String, message: String) throws {
        let error = try #require(throws: ScheduleError.self) { try Schedule(parsing: text) }
        #expect(error.description == message)
    }

    @Test("an empty text, and blanks only", arguments: ["", " \t\r\n"])
    func empty(_ text: String) throws {
        #expect(Self.rows.count > 100)
        let error = try #require(throws: ScheduleError.self) { try Schedule(parsing: text) }
        #expect(error.description == #"schedule is empty; write "every 15m", "daily 03:00" or "cron 0 5 * * 1""#)
    }

    @Test("what a fault tells to write is itself a schedule")
    func adviceHolds() throws {
        for text in ["every 5 m", "@every 90s", "@hourly", "hourly", "CRON @daily", "5 4 * * sun", "15m", "daily 1d"] {
            let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: text) }
            if case .writeInstead(text, let instead)? = error {
                #expect(try Schedule(parsing: instead).description == instead)
            } else {
                #expect(text == "daily 1d", "no advice for \(text)")
            }
        }
    }

    @Test("texts past the length limit, and hostile ones within it, cost little")
    func hostile() throws {
        let long = try #require(throws: ScheduleError.self) {
            try Schedule(parsing: "cron " + String(repeating: "1,", count: 35_000) + "1 * * * *")
        }
        #expect(long.description == "schedule is 70014 bytes long; at most 2048 are allowed")
        let hostile = [
            "cron " + String(repeating: "0-59/1,", count: 285) + "1 * * * *",
            "cron * * " + (1...31).map { "\($0)W" }.joined(separator: ",") + ",LW,L * " + "1#1,2#2,3#3,4#4,5#5,6L",
            "cron " + String(repeating: "* ", count: 1000), String(repeating: "@", count: 2048),
            "daily " + String(repeating: "03:00,", count: 330) + "x", "every " + String(repeating: "0", count: 2000),
        ]
        for text in hostile {
            let elapsed = ContinuousClock().measure { _ = try? Schedule(parsing: text) }
            #expect(elapsed < .milliseconds(200), "\(text.prefix(40))")
        }
    }

    @Test(
        "a moment needs a date, a time and an offset",
        arguments: [
            "", "2026-11-21", "2026-11-21T03:44:55", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z", "2026-11-21T03:44:61Z", "2026-11-21T03:44:55.Z", "2026-11-21T03:44:55+0100",
            "2026-11-21T03:44:55Z ", "0000-01-01T00:00:00Z", "+2026-11-21T03:44:55Z", "now", "1700000000",
            "\u{662}026-11-21T03:44:55Z",
        ]
    )
    func rejectsMoment(_ text: String) throws {
        let error = try #require(throws: ScheduleError.self) { try Moment(parsing: text) }
        #expect(
            error.description == #"time "\#(text)" is not a moment; write RFC 3339 with an offset, "#
                + "2026-03-08T02:30:00Z or 2026-03-08T02:30:00+01:00"
        )
    }
}
