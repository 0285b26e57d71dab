package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	passed := make(map[string]bool) // by name of the proof
	for _, row := range []struct {
		id     string
		proofs proofs
	}{
		{"Z1", proofs{testVerbs, testStreamLengths}},
		{"Z2", proofs{testVerbs, testContent}},
		{"Z3", proofs{testRequestVerbs, testStatusWithoutBody}},
		{"Z5", proofs{testVerbs}},
		{"Z6", proofs{testResponseHead, testResponseContent, testResponseURL}},
		{"Z8", proofs{testRequestWire}},
		{"Z10", proofs{testRequestAddress, testTLSChoice, testURLRefuses}},
		{"Z11", proofs{testRequestWire, testURLRefuses, testResponseURL, testErrors, testRedirectCredentials}},
		{"Z12", proofs{testRequestWire, testBody}},
		{"Z14", proofs{testRequestKeepAlive}},
		{"Z15", proofs{testContent, testContentless, testBody}},
		{"Z16", proofs{testContent}},
		{"Z17", proofs{testMalformed, testMalformedForgiven, testResponseInformational}},
		{"Z18", proofs{testMalformed, testResponseHead}},
		{"Z19", proofs{testStatusWithoutBody}},
		{"Z20", proofs{testStreamWindows, testTruncation, testLimits, testLimitsOfContent}},
		{"Z21", proofs{testStreamChunks, testStreamWindows, testStreamLengths}},
		{"Z22", proofs{testStreamContentOutlives, testStopByError, testStopByErrStop, testStopByPanic}},
		{"Z23", proofs{testReuseTokens, testSessionReasons}},
		{"Z24", proofs{testReuse, testOrigin, testReuseAfterDeath, testSessionVerbs, testSessionWithADeadConnection, reuseAfterDeathOverTCP}},
		{"Z26", proofs{testErrors, testErrorsOfTheSocket}},
		{"Z29", proofs{testDriverOfACall, testSessionDriver, testSessionDriverAndTLS}},
		{"Z30", proofs{testDriverNotStarted}},
		{"Z33", proofs{testMatrix, testSilentPeerRunsIntoTheLimitOfItsPhase, testPullTimeout, timeoutsOverTCP}},
		{"M1", proofs{testRequestWire, testRefusal}},
		{"M4", proofs{testRequestWire}},
		{"M6", proofs{testContent, testContentRefused}},
		{"M7", proofs{testAuthBasic, testAuthFunc, testAuthReplaces, testAuthRefused}},
		{"M8", proofs{testCharset, testText, testTextAs, testTextReplaces, testSetCharsets}},
		{"M9", proofs{testPullCancelled, testDeadlineWhileThePeerIsSilent, testCancelWhileThePeerIsSilent}},
		{"M11", proofs{testRedirectTable, testRedirectBody, testRedirectBodyOnce, testRedirectBodyGone}},
		{"M12", proofs{testRedirectLocation, testRedirectLocationRefused, testRedirectDowngrade}},
		{"M13", proofs{testRedirectLimit, testRedirectLoop, testRedirectToOneself, testRedirectErrorKeeps}},
		{"M14", proofs{testResponseDropHead, testResponseOwnsItsHead, testStopDropsTheHead, testSessionReasons, headMemory}},
		{"M15", proofs{testResponseOnHead, testResponseHead}},
		{"M16", proofs{testPull, testPullWindows, testPullReadN, testPullTruncated}},
		{"M17", proofs{testPullSave, testPullSaveOwnBuffer, testPullSaveFails, testPullReceiver}},
		{"M18", proofs{testPullContent, testPullCloseAtTheEnd, testPullClose, testPullOfAllThatIs}},
		{"A1", proofs{testPoolOfEachSession, testPoolKey}},
		{"A2", proofs{testRedirectLimit, testRedirectAsks, testRedirectRefused, testContent, testPullTimeout, testSessionDefaults, testSessionTimeouts, sessionTakesFiles}},
		{"A3", proofs{testPull, testPullPauses, testPullNothing, streamReadsWhenAsked}},
		{"A7", proofs{testContent, testContentAgain}},
		{"A8", proofs{testRequestWire, testContent}},
		{"A9", proofs{testPoolKey, testPoolOpen, testPoolIdle, testPoolIdleAge, testPoolRequests, testPoolTurns, testPoolOpenIsNeverExceeded, testPoolAgedElsewhere}},
		{"A12", proofs{testPullClose, testPullNeverPoisons, testPullInto}},
		{"A13", proofs{testOutOfRetries, testOutOfRetriesByStatus, testOutOfRetriesTimeout, testOutOfRetriesWhy}},
		{"A16", proofs{testResponseHead, testDialogues, testLimits}},
		{"A19", proofs{testPullChunks, testPullChunksLeft, testPullChunksError, testPullChunksSize}},
		{"A20", proofs{testAcceptEncoding, codingThatEndsEarly}},
		{"A21", proofs{testPullUpgrade, testMalformed, testRefusal}},
		{"A22", proofs{testSessionShortWrites}},
		{"A23", proofs{testPoolOpen, testSessionVerbs, testSessionClose, testSessionCloseIdle}},
		{"O3", proofs{testContent}},
		{"O4", proofs{testContent}},
		{"O5", proofs{testAuthBasic, testAuthReplaces}},
		{"O8", proofs{testResponseHead, testPullContent, testCharset}},
		{"O9", proofs{testRedirectTable, testRedirectFinalOnly, testRedirectKeepsTheConnection, testStreamWindows}},
		{"P1", proofs{testLongUploadLeavesTheHeapFlat, testLongBodyLeavesTheHeapFlat, testLongPullLeavesTheHeapFlat, testPullAllocates}},
		{"P2", proofs{testMatrix, testMatrixIsWhole, testLowSpeedReading, testLowSpeedSending, testLowSpeedAndSilence, testPullTimeout, testRetryTime, testRetryDeadline, testRetryWaitEnds, testRetryHuge, testBodyThatBlocksIsBoundedByItsSource}},
		{"P3", proofs{testLeak, testErrors, testErrorsOfConnect, testStopByPanic, testSessionIsLeft, testSessionStream, testSessionCancelledAtRandom}},
		{"P30", proofs{testOriginOnly, testAnonymous, testRedirectCredentials, testRedirectAnonymousTLS}},
		{"P32", proofs{testZone, testZoneIsPartOfTheOrigin, testZoneOfARedirect, testZoneInHost}},
		{"P45", proofs{testURLErrors, testLocationErrors}},
		{"P41", proofs{testEarlyAnswerIsSeen, testEarlyAnswerOverTLS, testEarlyAnswerBetweenWrites, testHeadDoesNotWaitForTheBody}},
		{"P42", proofs{testRedirectRepairs, testURLSpace}},
		{"P6", proofs{testTruncation, testStatus, testStatusUnframed, testRange, testRangeAllowed}},
		{"P7", proofs{testReuseAfterDeath, testReuseStale, testReuseUnasked, testDialogues, testSessionDesynchronised, testSessionDesynchronisedInTheMiddle, testSessionLoad, testSessionDesynchronisedByAnEmptyBody, reuseAfterDeathOverTCP}},
		{"P8", proofs{testRetryTable, testRetryOfWhatWasShown, testStaleOfAPost, testRetryBackoff, testRetryAfter, testRetryAfterPolicy, testRetryBudget, testRetryBudgetOfManyCalls, testRetryOfABodyThatIsGone, testRetryWithoutCredentials}},
		{"P10", proofs{testRedirectCredentials, testRedirectErrorTellsNoCredentials, testAuthTellsNothing, testAuthOfAConnection, testTraceOfFailures, testTraceOfARedirectTellsNoSecrets, testSessionChangesNothing, testNothingSecretIsPrinted, testRedirectErrorIsASCII, testRetryElsewhereTellsNothing, testOriginOnly, testSessionRedirect, sessionLeavesCredentials}},
		{"P11", proofs{testBodySizes, testContentAgain, testExpectationFailed}},
		{"P12", proofs{testContentRefused, testRefusalOfSize, testLimitsOfContent, testStatusPage, testPullLimit, testRedirectBodyOnce, testBodyToHTTP10, testRedirectChunked10}},
		{"P17", proofs{testExpect, testExpectNot, testExpectRefused, testExpectationFailed, testEarlyAnswer, testEarlyAnswerIsSeen}},
		{"P28", proofs{testKeepAliveTimeout, testKeepAliveSparesAStaleConnection, testKeepAliveCountsFromTheLastByte, testKeepAliveBeginsAnew, testKeepAliveMax}},
		{"P29", proofs{testTransient, testTransientStatus, testTransientOfAConnection, testTransientOfASession, testTransientNot}},
		{"P25", proofs{testErrors, testRedirectFails, testRedirectErrorKeeps, testAuthChallenge, testAuthUnanswered, testOutOfRetries, testTruncation, testTaken, testDeadlineWhileThePeerIsSilent, testDeadlineWithACauseIsATimeout}},
		{"P37", proofs{testSessionWaitIsBounded, testSessionWaitTellsTheCounts, testSessionWaitWithoutLimit}},
		{"P26", proofs{testStatus, testStatusOtherMethods, testStatusOfAGetInsteadOfAPost, testStatusWithoutBody, testPullFit}},
		{"P27", proofs{testEncoded, testEncodedInNoCoding, testEncodedPage, testAcceptEncoding}},
		{"P31", proofs{testContentRange, testContentRangeThatWraps}},
		{"P43", proofs{testJSONInWhatItIsWritten, testJSONOfAPage, testCharset, testText}},
		{"P33", proofs{testSockets}},
		{"P36", proofs{testFileHasItsSize, testFileThatChanges}},
		{"Q1", proofs{testSessionConcurrent, testPoolWaitEnds, testPoolCancelAtTheTurn}},
		{"Q3", proofs{testBody, testBodySizes, testBodyRefused, bodyLeavesAsItComes}},
		{"Q6", proofs{testPull, testPullNothing}},
		{"Q7", proofs{testPullReadN, testPullLimit}},
		{"Q8", proofs{testPullContent}},
		{"Q9", proofs{testPullExclusive, testPullConsumed, testPullContentAfterClose}},
		{"B13", proofs{testTLSIsProven, testTLSChoice, testTLSProvesTheEnd}},
		{"B14", proofs{testFailureOfEachOperation, testSessionFailureOfEachOperation, testSessionFailureOfEachOperationOfTLS}},
		{"B17", proofs{idleConnection}},
		{"B18", proofs{testReuseReasons, testReuseTokens, testStatusWithoutBody, testSessionReasons}},
	} {
		t.Run(row.id, func(t *testing.T) {
			row.proofs.run(t, passed)
			programs[row.id].run(t, passed)
		})
	}
}

// programs has by row the proofs that build and run a program, which wasip1 cannot.
var programs map[string]proofs

// proofs are tests that only TestFeature runs. Of a row that shares one with an earlier row
// it is the result that counts: each runs once.
type proofs []func(*testing.T)

func (list proofs) run(t *testing.T, passed map[string]bool) {
	t.Helper()
	for _, proof := range list {
		name := runtime.FuncForPC(reflect.ValueOf(proof).Pointer()).Name()
		name = name[strings.LastIndexByte(name, '.')+1:]
		if _, ran := passed[name]; !ran {
			passed[name] = t.Run(name, proof)
		} else if !passed[name] {
			t.Errorf("%s failed in an earlier row", name)
		}
	}
}

// These are proofs of rows of TestFeature that no other test needs.

// sessionTakesFiles is of A2: a Session sends the Files and the Data of a call.
func sessionTakesFiles(t *testing.T) {
	is := is.New(t)
	peer := answers(t, noContent)
	s := &zreq.Session{Driver: peer}
	defer s.Close()
	_, err := s.Post(context.Background(), site, &zreq.Args{Files: parts(t), Data: pairs})
	is.NoErr(err)
	is.True(strings.HasSuffix(peer.Requests()[0], "Content-Type: multipart/form-data; boundary=xx\r\n"+lengthOf(both)))
}

// headMemory is of M14: a Response that is used again has the memory for its head, and
// with DropHead none is taken.
func headMemory(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	driver, url := inMemory(t, strings.Replace(withLength("hi"), "\r\n", "\r\nX: "+strings.Repeat("x", 1000)+"\r\n", 1))
	c := newKeptCall(t, "GET", driver, url, 0)
	c.args.Into = new(zreq.Response)
	is.Equal(c.allocs(context.Background(), 20), float64(0)) // the head is copied to where the last one was
	is.True(c.args.Into.Header("X") != "")

	c.args.DropHead = true
	*c.args.Into = zreq.Response{} // without the memory of the last head
	is.Equal(c.allocs(context.Background(), 20), float64(0))
	is.Equal(c.args.Into.Header("X"), "") // and none was copied
	is.NoErr(c.err)
}

// bodyLeavesAsItComes is of Q3: of a body that is a stream each piece leaves before the next
// one is asked for, whether its size is known or not.
func bodyLeavesAsItComes(t *testing.T) {
	for _, size := range []int64{-1, allPieces} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			arrived := make(chan byte, allPieces)
			l := newLab(t, false, func(d netdriver.Driver) netdriver.Driver { return d }, func(c *labConn) {
				p := make([]byte, 4096)
				for last := byte(0); last < allPieces; {
					n, err := c.Read(p)
					if err != nil {
						return
					}
					for _, b := range p[:n] {
						if 0 < b && b <= allPieces { // no byte of a head or of a chunk's frame is so small, but for line ends
							arrived <- b
							last = b
						}
					}
				}
				time.Sleep(time.Second) // until all has left
				c.send(noContent)
			})
			l.args.Body = &piecewise{size: size, arrived: arrived}
			resp, err := zreq.Put(context.Background(), l.url, &l.args)
			is.NoErr(err)
			is.Equal(resp.Status, 204)
		})
	}
}

const allPieces = 5

// piecewise is a body of some bytes that gives each when the peer has the last one.
type piecewise struct {
	size    int64
	gave    byte
	arrived <-chan byte
}

func (b *piecewise) Size() int64 { return b.size }

func (b *piecewise) Read(p []byte) (int, error) {
	if b.gave == allPieces { // of a known size the last byte leaves when this has been heard
		return 0, io.EOF
	}
	if b.gave > 0 {
		select {
		case came := <-b.arrived:
			if came != b.gave {
				return 0, fmt.Errorf("%d came, and not %d", came, b.gave)
			}
		case <-time.After(time.Minute):
			return 0, fmt.Errorf("%d has not left", b.gave)
		}
	}
	b.gave++
	p[0] = b.gave
	return 1, nil
}

// streamReadsWhenAsked is of A3: with Stream the call returns with the head, and the body is
// read from the connection when it is asked for, once for each time.
func streamReadsWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		body := numbered(300)
		head := "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"
		peer := zreqtest.NewPeer(t, steps(
			zreqtest.Request(), zreqtest.Send(head), zreqtest.Pause(time.Hour), zreqtest.Send(body[:100]),
			zreqtest.Pause(time.Hour), zreqtest.Send(body[100:200]), zreqtest.Pause(time.Hour), zreqtest.Send(body[200:]),
		))
		driver := &readsCounted{Driver: peer}
		began := time.Now()
		resp := opened(t, zreq.Args{Driver: driver})
		is.Equal(time.Since(began), time.Duration(0)) // it does not wait for the body
		before := driver.n
		time.Sleep(150 * time.Minute)
		is.Equal(driver.n, before) // nobody asked
		p := make([]byte, 50)
		for range 4 { // all that has come
			_, err := io.ReadFull(resp, p)
			is.NoErr(err)
		}
		is.Equal(driver.n, before+1) // asked for once, and the rest lay in the buffer
		is.Equal(time.Since(began), 150*time.Minute)
		time.Sleep(time.Hour)
		rest, err := resp.ReadN(0)
		is.NoErr(err)
		is.Equal(string(rest), body[200:])
		letGo(is, resp, peer)
	})
}

// readsCounted counts the Reads of the connections of a driver.
type readsCounted struct {
	netdriver.Driver
	n int
}

type readsCountedConn struct {
	netdriver.Conn
	n *int
}

func (d *readsCounted) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return &readsCountedConn{c, &d.n}, err
}

func (c *readsCountedConn) Read(p []byte) (int, error) {
	*c.n++
	return c.Conn.Read(p)
}

// codingThatEndsEarly is of A20: what follows the end of a coding that does not look there
// itself is an error. It has a process of its own, since a coding that is registered stays so.
func codingThatEndsEarly(t *testing.T) {
	t.Run("bytes behind a coding", func(t *testing.T) {
		if !alone(t) {
			return
		}
		zreq.RegisterCoding("five", five{})
		for wire, whole := range map[string]bool{
			byLength("12345"): true, byLength("123456"): false, byChunks("12345"): true, inChunks("123456", 5): false,
		} {
			for mode, args := range map[string]zreq.Args{
				"content": {}, "stream": {Stream: true},
			} {
				t.Run(mode, func(t *testing.T) {
					is := is.New(t)
					args.Driver = answers(t, strings.Replace(wire, "OK\r\n", "OK\r\nContent-Encoding: five\r\n", 1))
					within(t, time.Minute, func() {
						resp, err := zreq.Get(context.Background(), site, &args)
						if args.Stream {
							is.NoErr(err)
							_, err = resp.ReadN(0)
						}
						is.Equal(err == nil, whole)
						is.True(whole || errors.Is(err, zreq.ErrResponse))
						is.Equal(resp.Complete(), whole)
					})
				})
			}
		}
	})
}

// five is a coding whose end is after five bytes.
type five struct{}

func (five) Decode(r io.Reader) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(r, 5)), nil
}

// sessionLeavesCredentials is of P10: what a Session, or its caller, puts into a request for
// one origin does not go to another one with a redirect.
func sessionLeavesCredentials(t *testing.T) {
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
		secret := zreq.Headers{{name, "hush"}}
		for who, tt := range map[string]struct{ session, call zreq.Headers }{"Session": {secret, nil}, "call": {nil, secret}} {
			t.Run(name+" of the "+who, func(t *testing.T) {
				is := is.New(t)
				peer := each(t, moved(302, "http://other.test/"), noContent)
				s := &zreq.Session{Driver: peer, Headers: tt.session}
				defer s.Close()
				_, err := s.Get(context.Background(), site, &zreq.Args{Headers: tt.call})
				is.NoErr(err)
				is.True(strings.Contains(peer.Requests()[0], "hush"))
				is.True(!strings.Contains(peer.Requests()[1], "hush"))
			})
		}
	}
}
