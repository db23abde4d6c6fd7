/// Why a text is no freeze window; the sentence for each case is in `description`.
///
/// The texts are as they came in: whoever shows them escapes control characters.
package enum FreezeError: Error, Equatable {
    case empty
    case tooLong(bytes: Int)
    /// `every`, which knows no clock.
    case elapsedTime
    /// No `for` with a duration.
    case noDuration
    /// A `for` without a schedule before it.
    case noSchedule
    case unknownSchedule(text: String)
    case schedule(ScheduleError)
    case noTime(text: String)
    case tooMuchTime(text: String)
    case zone(ZoneError)
    case twoZones
    case extraText(text: String)
    case moment(ScheduleError)
    case noOffset(text: String)
    /// One moment, or more than two.
    case notTwoMoments(Int)
    case zoneBesideMoments
    case sameMoment
    case backwards
}

/// Everything that is wrong with one window.
package struct FreezeFaults: Error, Equatable {
    package let faults: [FreezeError]
}

extension FreezeError: CustomStringConvertible {
    /// One sentence: the text, what is allowed, and what to write instead.
    package var description: String {
        switch self {
        case .empty: "it is empty; write \(Self.examples)"
        case .tooLong(let bytes): "it is \(bytes) bytes long; at most \(Schedule.longestText) are allowed"
        case .elapsedTime:
            #""every" knows no clock; write a schedule with one: daily, weekly, monthly or cron, as in "daily 22:00 for 8h""#
        case .noDuration:
            #"it does not say how long; write for and a duration behind the schedule: "daily 22:00 for 8h""#
        case .noSchedule: #"no schedule stands before "for"; write "daily 22:00 for 8h""#
        case .unknownSchedule(let text):
            #"schedule "\#(text)" is not known; begin with daily, weekly, monthly or cron, as in "daily 22:00 for 8h""#
        case .schedule(let error), .moment(let error): error.description
        case .noTime(let text): #"duration "\#(text)" is too short; write 1s to \#(FreezeWindow.longestDays)d"#
        case .tooMuchTime(let text): #"duration "\#(text)" is too long; write 1s to \#(FreezeWindow.longestDays)d"#
        case .zone(let error): error.description
        case .twoZones: "tz= is given twice; keep one"
        case .extraText(let text): #""\#(text)" has no place behind the duration; take it out"#
        case .noOffset(let text): #"time "\#(text)" has no offset; write Z or one such as +01:00 behind it"#
        case .notTwoMoments(let count):
            "it has \(count) \(count == 1 ? "moment" : "moments"); write the first and the last with one / between: "
                + "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00"
        case .zoneBesideMoments: "tz= has no place beside moments, which have their offset; take it out"
        case .sameMoment: "its end is its start; write a later end"
        case .backwards: "its end lies before its start; write the earlier moment first"
        }
    }

    private static let examples =
        #""cron 0 22 * * FRI for 58h" or "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00""#

    /// The same fault with less of the text that came in, as `show` has it of a word.
    package func showing(_ show: (String) -> String) -> FreezeError {
        switch self {
        case .schedule(let error): .schedule(error.showing(show))
        case .moment(let error): .moment(error.showing(show))
        case .zone(let error): .zone(error.showing(show))
        case .unknownSchedule(let text): .unknownSchedule(text: show(text))
        case .noTime(let text): .noTime(text: show(text))
        case .tooMuchTime(let text): .tooMuchTime(text: show(text))
        case .extraText(let text): .extraText(text: show(text))
        case .noOffset(let text): .noOffset(text: show(text))
        case .empty, .tooLong, .elapsedTime, .noDuration, .noSchedule, .twoZones, .notTwoMoments, .zoneBesideMoments,
            .sameMoment, .backwards:
            self
        }
    }
}
