// Package limits has what zreq is held to, and judges it.
//
// A [Budget] names its figure by what it is taken from: a case and its clients, a peer of
// package memory, a program of package footprint. Whoever measures runs what [NeedsOf] the
// budgets names, or everything, and gives the [Results] to [Judge].
//
// A figure that is counted is the same on every machine, or nearly, and has no
// tolerance. A ratio is the median of several rounds in which both had their turn, and
// still not the same twice: it is over its budget when it is so by more than [Tolerance].
package limits
