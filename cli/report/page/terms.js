'use strict';
// What the words mean, on hover and focus.

const terms = {
  meanings: {
    shc: 'Spectral heat capacity: the variance of the eigenvalues of C. It rises when losses move together.',
    pr: 'Participation ratio, (Σλ)²/Σλ²: how many directions share the movement. 1: a single pattern.',
    v1: 'v₁, the top eigenvector of C: the one pattern of losses that carries most of the movement in the window.',
    detrended: 'Detrended: after removing each probe’s least-squares line inside the window. What is left is not a mere slope.',
    null: 'The null: what the signal looks like when nothing happens; here, for losses that are independent from step to step.',
    lead: 'Lead: steps from the alarm to the half-way step of the event.',
  },
  box: document.getElementById('meaning'),

  start() {
    document.getElementById('terms').replaceChildren(...Object.entries(terms.meanings).map(([key, meaning]) =>
      element('p', {id: `term-${key}`}, meaning)));
    for (const [event, answer] of [['pointerover', terms.show], ['focusin', terms.show], ['pointerout', terms.hide], ['focusout', terms.hide]])
      document.addEventListener(event, answer);
    document.addEventListener('keydown', (event) => { if (event.key === 'Escape') terms.hide(event); });
    terms.mark(document);
  },

  /// Makes the terms in a part of the page reachable by keyboard.
  mark(part) {
    for (const word of part.querySelectorAll('.term')) {
      word.tabIndex = 0;
      word.setAttribute('aria-describedby', `term-${word.dataset.term}`);
    }
  },

  show(event) {
    const word = event.target.closest?.('.term');
    if (!word) return;
    terms.box.textContent = terms.meanings[word.dataset.term];
    terms.box.hidden = false;
    const at = word.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - terms.box.offsetWidth - 8));
    const below = at.bottom + terms.box.offsetHeight + 8 < innerHeight;
    terms.box.style.left = `${left}px`;
    terms.box.style.top = `${below ? at.bottom + 4 : at.top - terms.box.offsetHeight - 4}px`;
  },

  /// A pointer that leaves something else does not hide what the keyboard asked for.
  hide(event) {
    if (event.type !== 'pointerout' || event.target.closest?.('.term')) terms.box.hidden = true;
  },
};
