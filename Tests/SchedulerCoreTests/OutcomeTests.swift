import SchedulerCore
import Testing

@Suite("Outcome")
struct OutcomeTests {
    @Test(
        "one word for each status",
        arguments: [
            (200, Outcome.ok), (202, .ok), (204, .ok), (299, .ok), (301, .redirected), (302, .redirected),
            (308, .redirected),
            (400, .rejected), (404, .rejected), (405, .rejected), (410, .rejected), (422, .rejected), (401, .denied),
            (403, .denied), (409, .busy), (423, .busy), (429, .throttled), (503, .throttled), (500, .failed),
            (502, .failed),
            (504, .failed), (599, .failed), (100, .broken), (101, .broken), (600, .broken), (999, .broken),
        ]
    )
    func statuses(_ status: Int, outcome: Outcome) {
        #expect(Outcome(status: status) == outcome)
    }
}
