// Package jobs has the cases that zreq and its peers are measured by.
//
// Each peer does what its users would write for the job, in its fastest way that checks
// as much as the job needs: that the status is 200, and that every byte came. "raw" is
// the limit: a loop on the socket that makes the same calls of the callback, has an idle
// limit as every client must, and checks next to nothing.
package jobs
