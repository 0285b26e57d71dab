package download

import (
	"slices"
	"time"
)

// Progress is how far a job is.
type Progress struct {
	Offset   int64         // bytes of the content that the Sink has taken
	Total    int64         // size of the content; −1 if it is not known
	Rate     int64         // bytes per second since the last report; 0 in the first, and not measured anew when an attempt has failed
	Link     string        // name of the link, if the driver has names; see netdriver.Path
	Attempt  int           // number of the attempt, from 1
	Restarts int           // how often the job has begun anew
	Spent    int64         // bytes that the job has read and written, as for Args.Budget
	Elapsed  time.Duration // since Get was called
	Done     bool          // this is the last report

	// Err is set in the report of an attempt that has failed, if the job goes on, and in the
	// last report to the error that Get returns.
	Err error
	// Wait is how long the job waits from now on before its next attempt. With a nil Err it
	// is the wait for processes that have ended in the middle: see [Retry].
	Wait time.Duration
}

// Result is what a job has done. Get returns it beside an error, too.
type Result struct {
	Size     int64    // of the content; −1 if it is not known
	Offset   int64    // bytes that the Sink has taken
	Resumed  int64    // where this call began: how much an earlier one had left
	Spent    int64    // bytes that the job has read and written, with those of earlier calls
	Attempts int      // that the job has made, with those of earlier calls
	Restarts int      // how often it has begun anew, with those of earlier calls
	SHA256   []byte   // of the content, if one was asked for; nil if not
	Links    []string // names of the links that were used in this call, in the order of their first use
	URL      string   // of the last response, without credentials, query and fragment
}

// report tells of the progress of a job, at most ten times a second, and of each attempt that
// has failed.
type report struct {
	call  func(Progress) // nil: nobody wants to know
	now   Progress
	began time.Time
	last  time.Time // of the last report
	from  int64     // offset at the last report
	links []string  // that were used, in the order of their first use
}

const reportTime = time.Second / 10

// tick reports that the Sink has offset bytes, and what was spent, if it is time.
func (r *report) tick(offset, spent int64) {
	if r.call != nil && time.Since(r.last) >= reportTime {
		r.now.Spent = spent
		r.tell(offset)
	}
}

// tell reports at once.
func (r *report) tell(offset int64) {
	r.now.Offset = offset
	if r.call == nil {
		return
	}
	now := time.Now()
	if took := now.Sub(r.last); !r.last.IsZero() && took > 0 {
		r.now.Rate = int64(float64(max(0, offset-r.from)) / took.Seconds())
	}
	r.last, r.from = now, offset
	r.now.Elapsed = now.Sub(r.began)
	r.call(r.now)
}

// paused reports that the job waits after an attempt that has failed. The rate is that of
// the last report.
func (r *report) paused(offset int64, why error, wait time.Duration) {
	if r.call == nil {
		return
	}
	p := r.now
	p.Offset, p.Elapsed, p.Err, p.Wait = offset, time.Since(r.began), why, wait
	r.call(p)
}

// over notes that an attempt went over a link.
func (r *report) over(link string) {
	r.now.Link = link
	if link != "" && !slices.Contains(r.links, link) {
		r.links = append(r.links, link)
	}
}
