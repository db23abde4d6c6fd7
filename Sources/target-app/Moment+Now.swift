import Glibc
import Schedule

extension Moment {
    /// By the wall clock.
    static var now: Moment {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Moment(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }
}
