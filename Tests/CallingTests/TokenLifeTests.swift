import Files
import Testing

@testable import Calling

@Suite("The life of a token")
struct TokenLifeTests {
    private func answer(_ seconds: Int, _ text: String = "t") -> TokenAnswer {
        TokenAnswer(token: Secret(text), life: .seconds(seconds))
    }

    private func fetched(_ seconds: Int, at begin: Duration = .zero) -> TokenLife {
        var life = TokenLife()
        #expect(life.step(at: begin) == .fetch)
        life.fetched(answer(seconds), begin: begin)
        return life
    }

    @Test(
        "renewed at four fifths of its life, or 30 s before its end if that comes first",
        arguments: [(3_600, 2_880), (300, 240), (150, 120), (149, 119), (100, 70), (60, 30), (31, 1)]
    )
    func renewal(_ seconds: Int, _ renewal: Int) {
        var life = fetched(seconds, at: .seconds(1_000))
        let due = Duration.seconds(1_000 + renewal)
        #expect(life.step(at: .seconds(1_000)) == .wait(.seconds(renewal)))
        #expect(life.step(at: due - .milliseconds(1)) == .wait(.milliseconds(1)))
        #expect(life.step(at: due) == .fetch)
        // While that goes on.
        #expect(life.usable(at: due) != nil)
    }

    @Test("not used with less than 30 s left")
    func leeway() {
        let life = fetched(60)
        #expect(life.usable(at: .seconds(30)) != nil)
        #expect(life.usable(at: .milliseconds(30_001)) == nil)
    }

    @Test("a renewal that fails is tried again, told once, and the token is used until its time is over")
    func notRenewed() {
        var life = fetched(300)
        #expect(life.step(at: .seconds(240)) == .fetch)
        #expect(life.failed("no", at: .seconds(240)) == .notRenewed(.seconds(30), isFirst: true))
        #expect(life.step(at: .seconds(240)) == .wait(.seconds(1)))
        for (time, wait) in [(241, 2), (243, 4), (247, 8), (255, 15)] {
            #expect(life.step(at: .seconds(time)) == .fetch)
            #expect(life.failed("no", at: .seconds(time)) == .notRenewed(.seconds(270 - time), isFirst: false))
            let end = wait == 15 ? Duration.milliseconds(15_001) : .seconds(wait)
            #expect(life.step(at: .seconds(time)) == .wait(end))
        }
        #expect(life.step(at: .milliseconds(270_001)) == .lost("no"))
        #expect(life.step(at: .milliseconds(270_001)) == .wait(.milliseconds(999)))
        #expect(life.usable(at: .seconds(1)) == nil)
    }

    @Test("no token: 1, 2, 4 … 30 s, and from the first again after a good one")
    func backOff() {
        var life = TokenLife()
        var now = Duration.zero
        for wait in [1, 2, 4, 8, 16, 30, 30] {
            #expect(life.step(at: now) == .fetch)
            #expect(life.failed("no", at: now) == .lost)
            #expect(life.reason == "no")
            #expect(life.step(at: now) == .wait(.seconds(wait)))
            now += .seconds(wait)
        }
        #expect(life.step(at: now) == .fetch)
        life.fetched(answer(3_600), begin: now)
        #expect(life.reason == nil)
        now += .seconds(2_880)
        #expect(life.step(at: now) == .fetch)
        _ = life.failed("no", at: now)
        #expect(life.step(at: now) == .wait(.seconds(1)))
    }

    @Test("its life counts from the moment at which it was asked for")
    func slowAnswer() {
        var life = TokenLife()
        #expect(life.step(at: .zero) == .fetch)
        life.fetched(answer(60), begin: .zero)
        #expect(life.usable(at: .seconds(31)) == nil)
    }

    // MARK: - Denials

    @Test("after 401 it is dropped and fetched anew; all who had the same one wait for the same fetch")
    func denied() {
        var life = fetched(3_600)
        let now = Duration.seconds(10)
        for _ in 0..<50 { #expect(life.denied(1, 401, mayReplace: true, at: now) == .wait) }
        #expect(life.usable(at: now) == nil)
        #expect(life.step(at: now) == .fetch)
        life.fetched(answer(3_600, "t"), begin: now)
        // It looks the same, and is another one.
        for _ in 0..<50 {
            let denial = life.denied(1, 401, mayReplace: true, at: now)
            #expect(denial == .use(Authorization(Secret("t"), number: 2)))
        }
        #expect(life.step(at: now) == .wait(.seconds(2_880)))
    }

    @Test("an app that denies every token gets a new one at most after 1, 2, 4 … 30 s")
    func storm() {
        var life = fetched(3_600)
        var (number, fetches) = (1, [Int]())
        for second in 0..<120 {
            let now = Duration.seconds(second)
            guard life.denied(number, 401, mayReplace: true, at: now) == .wait else { continue }
            fetches.append(second)
            #expect(life.step(at: now) == .fetch)
            number += 1
            life.fetched(answer(3_600), begin: now)
            #expect(life.denied(number, 401, mayReplace: false, at: now) == .nothing)
        }
        #expect(fetches == [0, 1, 3, 7, 15, 31, 61, 91])
        life.accepted(number)
        #expect(life.denied(number, 401, mayReplace: true, at: .seconds(120)) == .wait)
    }

    @Test("403 is believed once for each token, by whatever job")
    func forbidden() {
        var life = fetched(3_600)
        #expect(life.denied(1, 403, mayReplace: true, at: .zero) == .wait)
        #expect(life.step(at: .zero) == .fetch)
        life.fetched(answer(3_600), begin: .zero)
        #expect(life.denied(2, 403, mayReplace: false, at: .zero) == .nothing)
        life.accepted(2)
        for second in 1..<100 {
            #expect(life.denied(2, 403, mayReplace: true, at: .seconds(second)) == .nothing)
        }
        #expect(life.denied(2, 401, mayReplace: true, at: .seconds(100)) == .wait)
    }

    @Test("denied, and no other token to be had: nothing waits for it any more")
    func deniedForGood() {
        var life = fetched(3_600)
        #expect(life.denied(1, 401, mayReplace: true, at: .zero) == .wait)
        #expect(life.step(at: .zero) == .fetch)
        #expect(life.failed("no", at: .zero) == .lost)
        #expect(life.denied(1, 401, mayReplace: true, at: .zero) == .nothing)
    }

    @Test("a denial while it is being renewed waits for that one")
    func deniedInRenewal() {
        var life = fetched(3_600)
        #expect(life.step(at: .seconds(2_880)) == .fetch)
        #expect(life.denied(1, 401, mayReplace: true, at: .seconds(2_880)) == .wait)
        life.fetched(answer(3_600), begin: .seconds(2_880))
        #expect(life.step(at: .seconds(2_881)) == .wait(.seconds(2_879)))
    }

    @Test("an operator's word brings the next try forward, and never a second one beside it")
    func hurry() {
        var life = TokenLife()
        #expect(life.step(at: .zero) == .fetch)
        life.hurry(at: .zero)
        _ = life.failed("no", at: .zero)
        life.hurry(at: .milliseconds(1))
        #expect(life.step(at: .milliseconds(1)) == .fetch)
        var good = fetched(3_600)
        good.hurry(at: .seconds(1))
        #expect(good.step(at: .seconds(1)) == .wait(.seconds(2_879)))
    }
}
