// upstream: misses comments.
package caller

// gencreds:calls // want finding invalid-declaration

// gencreds:calls orders.golden // want finding invalid-declaration

// gencreds:calls orders.golden:443 GET status // want finding invalid-declaration

// gencreds:calls orders.golden:99999 GET /status // want finding invalid-declaration

// gencreds:calls orders.golden GET /{rest...}/x // want finding invalid-declaration

// gencreds:calls orders.golden GET /a*b // want finding invalid-declaration

// gencreds:calls *.golden GET /x // want finding invalid-declaration

// gencreds:calls orders.golden FETCH /x // want finding invalid-declaration

// gencreds:calls orders.golden GET /x and more // want finding invalid-declaration

type Service struct {
	*Intermediate
}
