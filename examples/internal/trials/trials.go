package trials

import (
	"context"
	"net/http"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// trial is one row of the table before it is known what comes of it.
type trial struct {
	what   string
	image  *image // that the server has
	answer func(y *yard, request int) answer
	run    func(ctx context.Context, y *yard) error // an error is a broken promise
	leaves *image                                   // that must be there at the end
}

const (
	imageBytes = 2 << 20
	// A job makes its first checkpoint here.
	checkpoint = 1 << 20
)

// trials are the rows. The file has the old image at the beginning of each.
func trials(old *image) []trial {
	seven, eight := newImage(7, imageBytes), newImage(8, imageBytes)
	right := download.Want{SHA256: seven.sum[:]}
	return []trial{
		{"nothing goes wrong", seven, first(0, seven), succeed(download.Args{Want: right}), seven},
		{"the link is cut four times", seven, first(4, seven), succeed(download.Args{Want: right}), seven},
		{"the cable falls silent", seven, silence(seven), succeed(patient(right)), seven},
		{"the process is killed", seven, slowly(seven), killed(70), seven},
		{"a new version in between", eight, released(seven, eight), succeed(download.Args{}), eight},
		{"cut, and Range is ignored", seven, deaf(seven), succeed(download.Args{Want: right}), seven},
		{"a login page", seven, login, fail(download.Args{Want: download.Want{MediaType: "application/octet-stream"}}, download.ErrWant), old},
		{"one bit is wrong", seven, first(0, seven.corrupted()), fail(download.Args{Want: right}, download.ErrDigest), old},
		{"a budget of 1 MiB at first", seven, first(0, seven), rationed(1<<20, 1<<30), seven},
		{"into flash, cut twice", seven, first(2, seven), flashed(imageBytes, right.SHA256), seven},
	}
}

// first cuts so many responses after a fifth of the image.
func first(cuts int, i *image) func(*yard, int) answer {
	return func(_ *yard, request int) answer {
		a := answer{image: i}
		if request <= cuts {
			a.next = cutAfter(len(i.bytes) / 5)
		}
		return a
	}
}

// drain is about how long the client takes to read what was sent.
const drain = 100 * time.Millisecond

// silence lets the cable fall silent at the middle of the image. The server waits until the
// client has left.
func silence(i *image) func(*yard, int) answer {
	return func(y *yard, request int) answer {
		a := answer{image: i}
		if request == 1 {
			a.next = func(r *http.Request, sent int64) bool {
				if sent < imageBytes/2 {
					return true
				}
				time.Sleep(drain)
				y.cable.silent.Store(true)
				<-r.Context().Done()
				return false
			}
		}
		return a
	}
}

// patient waits one second for a body that has stopped. The default is 30.
func patient(want download.Want) download.Args {
	return download.Args{Want: want, Call: zreq.Args{Timeouts: zreq.Timeouts{Body: time.Second}}}
}

// slowly slows down behind the first checkpoint, so that the process is killed between that
// and the end. The last piece comes only when the process is gone, which is never.
func slowly(i *image) func(*yard, int) answer {
	return func(_ *yard, request int) answer {
		a := answer{image: i}
		if request == 1 {
			a.next = func(r *http.Request, sent int64) bool {
				switch {
				case sent > imageBytes-2*pieceBytes:
					<-r.Context().Done()
					return false
				case sent > checkpoint:
					time.Sleep(10 * time.Millisecond)
				}
				return true
			}
		}
		return a
	}
}

// released has one image up to the middle of the first response, and then another.
func released(before, after *image) func(*yard, int) answer {
	return func(_ *yard, request int) answer {
		if request == 1 {
			return answer{image: before, next: cutAfter(len(before.bytes) / 2)}
		}
		return answer{image: after}
	}
}

// deaf cuts the first response in the middle, and knows no Range.
func deaf(i *image) func(*yard, int) answer {
	return func(_ *yard, request int) answer {
		a := answer{image: i, whole: true}
		if request == 1 {
			a.next = cutAfter(len(i.bytes) / 2)
		}
		return a
	}
}

func login(*yard, int) answer {
	return answer{page: "<!DOCTYPE html><title>Welcome</title><form>Room number: <input></form>"}
}
