import Testing

@testable import SchedulerCore

@Suite("Target")
struct TargetTests {
    @Test("goes down once, probes at 1, 2, 4 … 30 s, and is up when a connection stands")
    func downAndUp() {
        var target = Target()
        #expect(!target.isDown)
        var now = Duration.seconds(100)
        let isNews = target.missed(begunAt: now, isProbe: false, at: now)
        #expect(isNews)
        for wait in [1, 2, 4, 8, 16, 30, 30] {
            #expect(target.nextProbe == now + .seconds(wait))
            now += .seconds(wait)
            target.beginProbe()
            #expect(target.nextProbe == nil)
            let isNews = target.missed(begunAt: now, isProbe: true, at: now)
            #expect(!isNews)
        }
        target.beginProbe()
        let down = target.reached(at: now)
        #expect(down == .seconds(91))
        #expect(!target.isDown)
        let again = target.reached(at: now)
        #expect(again == nil)
    }

    @Test("attempts that were under way when it went down are no news, and do not put the probe off")
    func others() {
        var target = Target()
        _ = target.missed(begunAt: .seconds(1), isProbe: false, at: .seconds(2))
        let isNews = target.missed(begunAt: .seconds(1), isProbe: false, at: .seconds(2.5))
        #expect(!isNews)
        #expect(target.nextProbe == .seconds(3))
    }

    @Test("an attempt that began before the last contact tells of an earlier time")
    func stale() {
        var target = Target()
        _ = target.reached(at: .seconds(10))
        let isNews = target.missed(begunAt: .seconds(5), isProbe: false, at: .seconds(15))
        #expect(!isNews)
        #expect(!target.isDown)
    }
}
