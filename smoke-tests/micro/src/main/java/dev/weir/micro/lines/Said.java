package dev.weir.micro.lines;

import java.util.Map;

/** The numbers that a measured JVM said, by their words. */
record Said(Map<String, Double> numbers) {

    double get(String word) {
        Double number = numbers.get(word);
        if (number == null) throw new IllegalStateException("the measured JVM did not say " + word);
        return number;
    }
}
