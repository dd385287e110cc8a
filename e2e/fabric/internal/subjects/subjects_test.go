package subjects

import "testing"

func TestSubscriptionFollowsTheGrammar(t *testing.T) {
	for _, c := range []struct{ port, host, slot, method, path, want string }{
		{"80", "EXAMPLE.com", "_", "GET", "PATH/to/file.html", "p0.safe.80.*.example_com._.GET.PATH.to.file%2ehtml"},
		{"80", "EXAMPLE.com", "_", "GET", "PATH/", "p0.safe.80.*.example_com._.GET.PATH._"},
		{"123", "example.com", "_", "POST", "DIR/{...}", "p0.safe.123.*.example_com._.POST.DIR.>"},
		{"443", "www.example.com", "_", "delete", "/{...}", "p0.safe.443.*.www_example_com._.DELETE.>"},
		{"443", "www.example.com", "_", "ANY", "", "p0.safe.443.*.www_example_com._.*._"},
		{"0", "example.com", "_", "ANY", "/foo/{foo}/bar/{bar}/{appendix...}", "p0.safe.*.*.example_com._.*.foo.*.bar.*.>"},
		{"80", "EXAMPLE.com", "_", "GET", "empty///", "p0.safe.80.*.example_com._.GET.empty._._._"},
		{"666", "example.com", "_", "POST", "mint", "p0.danger.666.*.example_com._.POST.mint"},
		{"443", "example.com", "ID-ABCD1234", "GET", "path", "p0.safe.443.*.example_com.id-abcd1234.GET.path"},
		{"443", "my$.xml", "_", "GET", "path", "p0.safe.443.*.my%24_xml._.GET.path"},
	} {
		if got := Subscription("p0", c.port, c.host, c.slot, c.method, c.path); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestRequestIsLiteralAndCutsTheSlotOffTheHost(t *testing.T) {
	for _, c := range []struct{ port, host, method, path, want string }{
		{"80", "EXAMPLE.com", "GET", "/PATH/to/file.html", "p0.safe.80.by_com.example_com._.GET.PATH.to.file%2ehtml"},
		{"0", "example.com", "ANY", "/method", "p0.safe.0.by_com.example_com._.ANY.method"},
		{"443", "example.com", "get", "/foo/{foo}", "p0.safe.443.by_com.example_com._.GET.foo.%7bfoo%7d"},
		{"666", "example.com", "POST", "mint", "p0.danger.666.by_com.example_com._.POST.mint"},
		{"443", "id-AB12.example.com", "GET", "/", "p0.safe.443.by_com.example_com.id-ab12.GET._"},
	} {
		if got := Request("p0", c.port, "by.com", c.host, c.method, c.path); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestReplySubjectsMeet(t *testing.T) {
	answer := Reply("p0", "by.com", Flatten("www.example.com"), "ID-1234")
	if want := "p0.reply._.by_com.www_example_com.id-1234"; answer != want {
		t.Errorf("got %s", answer)
	}
	if awaited := Replies("p0", "www.example.com", "id-1234"); !Matches(awaited, answer) {
		t.Errorf("%s does not match %s", awaited, answer)
	}
}

func TestSourceIsReadBack(t *testing.T) {
	subject := Request("p0", "443", "my-svc.a~b", "example.com", "GET", "/")
	if host := Unflatten(Source(subject)); host != "my-svc.a~b" {
		t.Errorf("got %q from %s", host, subject)
	}
}
