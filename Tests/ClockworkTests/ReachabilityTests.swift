import Testing

@testable import Clockwork

@Suite("Reachability")
struct ReachabilityTests {
    @Test("goes down once, probes at 1, 2, 4 … 30 s, and is up when a connection stands")
    func downAndUp() {
        var target = Reachability()
        var now = Duration.seconds(100)
        let isNews = target.missed(begunAt: now, isProbe: false, at: now)
        #expect(isNews && target.isDown)
        for wait in [1, 2, 4, 8, 16, 30, 30] {
            #expect(target.nextProbe == now + .seconds(wait))
            now += .seconds(wait)
            target.beginProbe()
            #expect(target.nextProbe == nil)
            let isNews = target.missed(begunAt: now, isProbe: true, at: now)
            #expect(!isNews)
        }
        target.beginProbe()
        let answers = [target.reached(at: now), target.reached(at: now)]
        #expect(answers == [.seconds(91), nil])
        #expect(!target.isDown)
    }

    @Test("attempts that were under way when it went down are no news, and do not put the probe off")
    func others() {
        var target = Reachability()
        _ = target.missed(begunAt: .seconds(1), isProbe: false, at: .seconds(2))
        let isNews = target.missed(begunAt: .seconds(1), isProbe: false, at: .seconds(2.5))
        #expect(!isNews)
        #expect(target.nextProbe == .seconds(3))
    }

    @Test("an attempt that began before the last contact tells of an earlier time: no flapping")
    func stale() {
        var target = Reachability()
        _ = target.reached(at: .seconds(10))
        let isNews = target.missed(begunAt: .seconds(5), isProbe: false, at: .seconds(15))
        #expect(!isNews && !target.isDown)
    }

    @Test("a connection that stood before it went down says nothing, whenever it is told")
    func oldContact() {
        var target = Reachability()
        _ = target.missed(begunAt: .seconds(1), isProbe: false, at: .seconds(5))
        let answers = [target.reached(at: .seconds(5)), target.reached(at: .seconds(6))]
        #expect(answers == [nil, .seconds(1)])
    }

    @Test("the probe of an outage before this one neither puts the next off, nor brings a second one")
    func oldProbe() {
        var target = Reachability()
        _ = target.missed(begunAt: .seconds(1), isProbe: false, at: .seconds(1))
        target.beginProbe()
        _ = target.reached(at: .seconds(3))
        _ = target.missed(begunAt: .seconds(4), isProbe: false, at: .seconds(5))
        _ = target.missed(begunAt: .seconds(2), isProbe: true, at: .seconds(5.5))
        #expect(target.nextProbe == .seconds(6))
        target.beginProbe()
        target.forgoProbe(begunAt: .seconds(2), at: .seconds(7))
        _ = target.missed(begunAt: .seconds(2), isProbe: true, at: .seconds(7))
        #expect(target.nextProbe == nil)
        target.forgoProbe(begunAt: .seconds(6), at: .seconds(8))
        #expect(target.nextProbe == .seconds(8))
    }
}
