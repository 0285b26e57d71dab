// Package bench does a job by several clients in turn and compares what it cost them.
//
// The machine is shared and noisy, so that a time means little and the ratio of two
// times that were taken one after the other means much: all that is said here is said
// as the median of such ratios, with their spread.
//
// A measurement ends at its first error. Whatever takes part in one panics by package try, and
// [Plan.Run] makes an error of it that says which client failed at what.
package bench
