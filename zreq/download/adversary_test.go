package download_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

var (
	seeds    = flag.Int("seeds", 2000, "of the adversary")
	onlySeed = flag.Int("seed", -1, "of the adversary, alone")
)

// TestAdversary: whatever a server does, a job ends in the bytes of one version, whole, or
// in a typed error. It never spends more than its budget, by the count of the server, and
// never makes more attempts or restarts than it may. The judge knows nothing of how the
// package decides: it has the versions, and looks at what lies in the sink.
func TestAdversary(t *testing.T) {
	var sum tally
	for seed := range *seeds {
		if *onlySeed >= 0 && seed != *onlySeed {
			continue
		}
		synctest.Test(t, func(t *testing.T) { newTrial(t, uint64(seed)).run(&sum) })
		if t.Failed() {
			break
		}
	}
	t.Logf("%+v", sum)
	if *onlySeed < 0 && (sum.right < sum.jobs/4 || sum.errors < sum.jobs/20) {
		t.Errorf("the adversary is too hard or too easy: %+v", sum)
	}
}

type tally struct{ jobs, right, errors, reboots int }

// trial is one job against one adversary.
type trial struct {
	t        *testing.T
	seed     uint64
	rnd      *rand.Rand
	versions []*thing
	now      *thing
	change   int // requests until the version changes; negative: never
	harm     int // of 100 answers, how many are bad
	liar     bool
	digest   []byte // that is wanted; nil: none
	origin   *origin
	sink     *memSink
	args     download.Args
	log      []string

	powerless bool // the power has failed once
	redirects bool // the first URL leads to others, which expire
	reached   int  // bytes that the sink ever had
	idle      int  // requests in a row without new ones
}

func newTrial(t *testing.T, seed uint64) *trial {
	r := &trial{t: t, seed: seed, rnd: rand.New(rand.NewPCG(seed, 16)), sink: new(memSink)}
	size := r.rnd.IntN(40_000)
	for i := range 2 {
		body := make([]byte, size)
		for j := range body {
			body[j] = byte(r.rnd.Uint32())
		}
		v := &thing{body: string(body)}
		switch r.rnd.IntN(6) {
		case 0:
			v.modified = fmt.Sprintf("Sun, 06 Nov 1994 07:%02d:37 GMT", i)
		case 1: // too young for a strong one
			v.modified = fmt.Sprintf("Sun, 06 Nov 1994 08:49:%02d GMT", 10+i)
		case 2:
			v.etag = fmt.Sprintf(`W/"%d"`, i)
		case 3:
		default:
			v.etag = fmt.Sprintf(`"%d"`, i)
		}
		if r.rnd.IntN(6) == 0 {
			sum := sha256.Sum256(body)
			v.extra = "Repr-Digest: x=?1, sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":;p=1\r\n"
		}
		r.versions = append(r.versions, v)
		if r.rnd.IntN(2) == 0 {
			size = r.rnd.IntN(40_000)
		}
	}
	r.now, r.change = r.versions[0], -1
	if r.rnd.IntN(3) == 0 {
		r.change = 1 + r.rnd.IntN(5)
	}
	r.harm = []int{0, 20, 50, 90}[r.rnd.IntN(4)]
	if r.rnd.IntN(2) == 0 {
		sum := sha256.Sum256([]byte(r.versions[r.rnd.IntN(2)].body))
		r.digest = sum[:]
		r.liar = r.rnd.IntN(2) == 0
	}
	r.sink.align = []int64{1, 1, 512, 4096}[r.rnd.IntN(4)]
	r.sink.noState = r.rnd.IntN(5) == 0
	r.args = download.Args{
		Call: zreq.Args{Timeouts: zreq.Timeouts{Head: 5 * time.Second, Body: 5 * time.Second}},
		Want: download.Want{SHA256: r.digest, MediaType: ""},
	}
	if r.rnd.IntN(3) == 0 {
		r.args.PartSize = int64(1 + r.rnd.IntN(20_000))
	}
	if r.rnd.IntN(3) == 0 {
		r.args.Budget = int64(1_000 + r.rnd.IntN(200_000))
	}
	if r.rnd.IntN(3) == 0 {
		r.args.Session = new(zreq.Session)
	}
	r.redirects = r.rnd.IntN(4) == 0
	return r
}

func (r *trial) run(sum *tally) {
	r.origin = newOrigin(r.answer)
	defer r.origin.close()
	r.args.Call.Driver = r.origin
	if s, ok := r.args.Session.(*zreq.Session); ok {
		defer s.Close()
	}
	sum.jobs++
	for boot := 0; ; boot++ {
		if !r.sink.noState && boot < 4 && r.rnd.IntN(2) == 0 {
			r.sink.power = 1 + r.rnd.IntN(40)
		}
		result, err := download.Get(context.Background(), "http://fleet.test/image?secret=1", r.sink, &r.args)
		r.powerless = r.powerless || errors.Is(err, errPower)
		r.judge(result, err)
		if r.t.Failed() {
			r.t.Fatalf("seed %d, boot %d: %+v\n%v\n%v\n%s", r.seed, boot, result, err, r.sink.calls, strings.Join(r.log, "\n"))
		}
		if err == nil {
			sum.right++
			return
		}
		if !errors.Is(err, errPower) || boot > 10 {
			sum.errors++
			return
		}
		sum.reboots++
		r.sink.reboot()
		if r.sink.lost = 0; r.rnd.IntN(4) == 0 { // the sink has less than it said, by whole units
			r.sink.lost = int64(r.rnd.IntN(8)) * r.sink.align
		}
		r.args.TrustPart = r.rnd.IntN(4) == 0
	}
}

// judge looks at what a job has left.
func (r *trial) judge(result *download.Result, err error) {
	for _, broken := range r.sink.broken {
		r.t.Error(broken)
	}
	if err == nil && r.sink.target == nil {
		r.t.Error("no error, and nothing was committed")
	}
	if r.sink.target != nil && !r.isRight(r.sink.target) {
		r.t.Errorf("%d bytes of no version", len(r.sink.target))
	}
	var e *download.Error
	switch {
	case err == nil && result.Size != int64(len(r.sink.target)):
		r.t.Errorf("size %d", result.Size)
	case err == nil:
	case !errors.As(err, &e) || e.Err == nil:
		r.t.Errorf("no *download.Error: %T", err)
	case strings.Contains(err.Error(), "secret"):
		r.t.Error("a secret in the text of an error")
	case r.sink.target != nil && !r.powerless:
		r.t.Error("an error, and something was committed")
	}
	if requests := len(r.origin.asks); requests > 6*result.Attempts && !r.sink.noState && !r.powerless {
		r.t.Errorf("%d requests in %d attempts", requests, result.Attempts)
	}
	conns := int64(r.origin.net.Dials())
	if sent := r.origin.count.Load(); r.args.Budget > 0 && sent > r.args.Budget+conns*originBuffer+16<<10 {
		r.t.Errorf("%d bytes by the count of the server, and a budget of %d", sent, r.args.Budget)
	}
	if result.Restarts > 4 {
		r.t.Errorf("%d restarts", result.Restarts)
	}
	if n := r.origin.net.Open(); n > 0 && r.args.Session == nil {
		r.t.Errorf("%d connections are open", n)
	}
}

// isRight reports whether the bytes are one version, whole, and the one that is wanted.
func (r *trial) isRight(bytes []byte) bool {
	for _, v := range r.versions {
		sum := sha256.Sum256([]byte(v.body))
		if v.body == string(bytes) && (r.digest == nil || string(sum[:]) == string(r.digest)) {
			return true
		}
	}
	return false
}

// answer does what the server of the seed does with a request.
func (r *trial) answer(a *ask) reply {
	if r.redirects && a.path == "/image?secret=1" {
		return reply{text: "HTTP/1.1 302 Found\r\nLocation: http://cdn.test/" + strconv.Itoa(r.rnd.IntN(2)) + "?key=secret\r\nContent-Length: 0\r\n\r\n", cut: -1}
	}
	if a.path != "/image" { // where a loop leads
		r.idle++
	}
	if len(r.sink.bytes) > r.reached {
		r.reached, r.idle = len(r.sink.bytes), 1
	}
	// Ten, and one for each restart and reboot that brings again what was there before.
	if r.idle > 10+3+5 && r.args.PartSize == 0 && !r.sink.noState {
		r.t.Errorf("seed %d: %d requests without progress", r.seed, r.idle)
	}
	if r.change >= 0 {
		if r.change--; r.change < 0 {
			r.now = r.versions[1]
		}
	}
	v := *r.now
	text := reply{text: v.serve(a), cut: -1}
	what := "honest"
	if r.rnd.IntN(100) < r.harm {
		what, text = r.bad(a, &v)
	}
	r.log = append(r.log, fmt.Sprintf("%d: from %d until %d if %q: %s, %.40q cut %d", a.k, a.from, a.until, a.ifRange, what, text.text, text.cut))
	return text
}

// bad is an answer that is not what was asked for, or not all of it. A liar names a version
// and sends the bytes of another one, which only a digest can tell.
func (r *trial) bad(a *ask, v *thing) (string, reply) {
	kinds := 16
	if r.liar {
		kinds = 19
	}
	status := func(text string) reply { return reply{text: "HTTP/1.1 " + text + "\r\n\r\n", cut: -1} }
	honest := v.serve(a)
	switch kind := r.rnd.IntN(kinds); kind {
	case 0, 1, 2, 3:
		return "cut", reply{text: honest, cut: r.rnd.IntN(len(honest) + 1)}
	case 4:
		return "stall", reply{text: honest[:r.rnd.IntN(len(honest))], cut: -1, stall: true}
	case 5:
		return "ignores Range", reply{text: v.whole(), cut: -1}
	case 6:
		return "away", status([]string{"503 Later\r\nRetry-After: 7", "502 Bad\r\nRetry-After: 100000", "429 Slow", "500 No", "408 Late"}[r.rnd.IntN(5)] + "\r\nContent-Length: 0")
	case 7:
		return "416", status("416 No\r\nContent-Range: bytes */" + strconv.Itoa(r.rnd.IntN(40_000)) + "\r\nContent-Length: 0")
	case 8:
		return "client error", status([]string{"404 Gone", "403 No", "400 Bad", "412 Changed"}[r.rnd.IntN(4)] + "\r\nContent-Length: 0")
	case 9:
		return "another part", r.part(a, v, int64(r.rnd.IntN(9)-4))
	case 10:
		return "chunked", r.chunked(a, v)
	case 11:
		return "coded", reply{text: strings.Replace(honest, "\r\n", "\r\nContent-Encoding: gzip\r\n", 1), cut: -1}
	case 12:
		return "other version", reply{text: r.versions[r.rnd.IntN(2)].serve(a), cut: -1}
	case 13:
		return "loop", status("302 Found\r\nLocation: /image\r\nContent-Length: 0")
	case 14:
		return "too little", reply{text: strings.Replace(honest, "Content-Length: ", "Content-Length: 1", 1), cut: len(honest)}
	case 15:
		return "until close", reply{text: strings.Replace(strings.Replace(honest, "HTTP/1.1", "HTTP/1.0", 1), "Content-Length: ", "X: ", 1), cut: r.rnd.IntN(len(honest) + 1)}
	case 16:
		w := *r.versions[r.rnd.IntN(2)]
		w.etag, w.modified, w.extra = v.etag, v.modified, v.extra
		return "another content", reply{text: w.serve(a), cut: -1}
	case 17:
		w := *v
		w.etag, w.modified, w.extra = "", "", ""
		return "no validator", reply{text: w.serve(a), cut: -1}
	default:
		w := thing{body: strings.Repeat("<p>log in</p>", 1+r.rnd.IntN(100)), etag: v.etag}
		return "login page", reply{text: w.whole(), cut: -1}
	}
}

// part is a 206 that is shifted by some bytes.
func (r *trial) part(a *ask, v *thing, by int64) reply {
	from := max(0, a.from+by)
	if from >= int64(len(v.body)) {
		return reply{text: v.whole(), cut: -1}
	}
	return reply{text: v.part(from, a.until), cut: -1}
}

// chunked is the honest answer in chunks, perhaps without its end.
func (r *trial) chunked(a *ask, v *thing) reply {
	head, body, _ := strings.Cut(v.serve(a), "\r\n\r\n")
	i := strings.Index(head, "Content-Length")
	head = head[:i] + "Transfer-Encoding: chunked"
	text := head + "\r\n\r\n"
	for len(body) > 0 {
		n := min(len(body), 1+r.rnd.IntN(5_000))
		text += strconv.FormatInt(int64(n), 16) + "\r\n" + body[:n] + "\r\n"
		body = body[n:]
	}
	text += "0\r\n\r\n"
	if r.rnd.IntN(2) == 0 {
		return reply{text: text, cut: r.rnd.IntN(len(text) + 1)}
	}
	return reply{text: text, cut: -1}
}
