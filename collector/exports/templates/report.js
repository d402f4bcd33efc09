(function () {
  var choices = document.querySelectorAll("input[name=language]");
  function show(language) {
    for (var i = 0; i < choices.length; i++) {
      if (choices[i].value === language) {
        choices[i].checked = true;
        document.documentElement.lang = language;
        document.title = choices[i].getAttribute("data-title");
      }
    }
  }
  function named() { return location.hash.slice(1, 3); }
  function reach() {
    var place = location.hash.length > 3 && document.getElementById(location.hash.slice(1));
    if (place) { place.scrollIntoView(); }
  }
  for (var i = 0; i < choices.length; i++) {
    choices[i].addEventListener("change", function () { location.hash = this.value; });
  }
  window.addEventListener("hashchange", function () { show(named()); });
  show(/^ja\b/.test(navigator.language || "ja") ? "ja" : "en");
  show(named());
  reach();
})();
