package download

import "time"

// Retry limits the attempts of a job that add nothing. An attempt is a request and what
// comes of it. A zero field has its default.
//
// Only a byte at an offset that the job has never reached before counts as progress, and
// gives back all Attempts. Bytes that are skipped, or that are written again after a
// restart, do not.
//
// Before the second attempt in a row without progress, the job waits for a random time of
// up to Wait, before the third up to twice that, and so on, so that devices that failed
// together do not come back together. After 16 KiB or more of progress it goes on at once,
// and after less it waits as before the second attempt. If the server sends Retry-After,
// the job waits for that time first.
//
// The count is in the checkpoint, so that a device that is reset in each attempt does not
// ask its server in a tight loop. A process that is killed has used up the attempt that was
// under way, unless a checkpoint says that it has brought something new. When all Attempts
// are used up in this way, each further call of [Get] still makes one, but only after a
// wait as before the last of them. So a device that reboots often is never shut out.
// Args.Budget limits what that may cost in all. When Get returns, whoever calls it again has
// all Attempts.
type Retry struct {
	// Attempts is the largest number of attempts in a row without progress. One more is
	// zreq.ErrOutOfRetries, which is Resumable. Default 10. If negative, there is one.
	Attempts int
	// Wait is the longest wait before the second attempt. Default 1 s. If negative, there
	// is no wait.
	Wait time.Duration
	// MaxWait limits each wait, not counting a Retry-After. Default 1 min. A Retry-After that
	// asks for more ends the job with an error that is Resumable and has it as RetryAfter.
	// If negative, there are no waits, and every Retry-After ends the job.
	MaxWait time.Duration
}
