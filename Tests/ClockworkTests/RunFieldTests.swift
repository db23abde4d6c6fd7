import Schedule
import Testing

@testable import Clockwork

@Suite("The table of a run's fields")
struct RunFieldTests {
    @Test("it has each member of a record once: what is copied by the table alone is the same record")
    func whole() {
        let members = Mirror(reflecting: RunRecord()).children.compactMap(\.label)
        #expect(RunField.all.count == members.count, "\(members): add a row for a new member")
        var record = RunRecord(
            id: RunID(1, 2),
            slot: Rig.at(1),
            trigger: .catchup,
            began: Rig.at(2),
            attempts: 3,
            outcome: .throttled,
            status: 429,
            milliseconds: 5,
            lateMilliseconds: 6
        )
        (record.reason, record.location, record.items) = ("why", "/elsewhere", 7)
        var copy = RunRecord()
        for field in RunField.all {
            let before = copy
            switch field.access {
            case .moment(let path): copy[keyPath: path] = record[keyPath: path]
            case .id(let path): copy[keyPath: path] = record[keyPath: path]
            case .number(let path): copy[keyPath: path] = record[keyPath: path]
            case .count(let path): copy[keyPath: path] = record[keyPath: path]
            case .text(let path): copy[keyPath: path] = record[keyPath: path]
            case .word(let get, let set):
                let isSet = set(&copy, get(record))
                #expect(isSet, "\(field.name)")
            }
            #expect(copy != before, "\(field.name) is no member of its own")
            #expect(field.text(of: copy) == field.text(of: record), "\(field.name)")
        }
        #expect(copy == record)
    }

    @Test("names and keys are there once")
    func names() {
        for text in [\RunField.name, \.key] {
            #expect(Set(RunField.all.map { "\($0[keyPath: text])" }).count == RunField.all.count)
        }
    }

    @Test("a word that makes no sense is refused")
    func words() {
        for field in RunField.all {
            guard case .word(_, let set) = field.access else { continue }
            var record = RunRecord()
            let isSet = set(&record, "nonsense")
            #expect(!isSet, "\(field.name)")
            #expect(record == RunRecord(), "\(field.name)")
        }
    }
}
